package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/awaitop/awaitop/examples/benchmark/internal/simulate"
	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
)

func main() {
	if os.Getenv(envChild) != "" {
		os.Exit(serveAsChild())
	}
	os.Exit(command.Main("benchmark", run))
}

// run reports true if everything was measured, however the patterns did.
func run(ctx context.Context, args []string) (bool, error) {
	flags, err := parseFlags(args)
	if err != nil {
		return false, err
	}
	if flags.simulate {
		return true, writeSimulated(os.Stdout, flags)
	}
	b := &bench{flags: flags, out: console.New(true)} // the report alone goes to standard output
	result, err := b.run(ctx)
	if err != nil {
		return false, err
	}
	if flags.json {
		err = result.writeJSON(os.Stdout)
	} else {
		err = result.writeMarkdown(os.Stdout)
	}
	if err == nil && flags.out != "" {
		err = result.writeFolder(flags.out)
		b.out.Line("written to %s", flags.out)
	}
	if err != nil {
		return false, fmt.Errorf("write the report: %w", err)
	}
	return true, nil
}

// writeSimulated prints calls and lag of every schedule on the same durations, in a second and
// without a server.
func writeSimulated(w io.Writer, f flags) error {
	result := simulate.Run(f.seed)
	if f.json {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	}
	_, err := io.WriteString(w, result.Markdown())
	return err
}
