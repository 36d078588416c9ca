package main

import (
	"context"
	"os"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
)

func main() {
	if os.Getenv(envWorkerQueue) != "" {
		os.Exit(serveAsChild())
	}
	os.Exit(command.Main("quickstart", run))
}

func run(ctx context.Context, args []string) (bool, error) {
	flags, err := parseFlags(args)
	if err != nil {
		return false, err
	}
	report, err := quickstart(ctx, flags, console.New(flags.JSON))
	return report.OK, err
}

// quickstart brings everything up, runs the waits and takes all down again.
func quickstart(ctx context.Context, flags flags, out *console.Console) (report, error) {
	server, err := temporal.Start(ctx, flags.Temporal, out)
	if err != nil {
		return report{}, err
	}
	defer server.Close()
	cloud, err := openCloud(ctx, flags, out)
	if err != nil {
		return report{}, err
	}
	defer cloud.close()
	d := &demo{flags: flags, out: out, temporal: server, cloud: cloud}
	defer d.close()
	result, err := d.run(ctx)
	if err != nil {
		return report{}, err
	}
	if flags.JSON {
		result.writeJSON(os.Stdout)
	} else {
		result.writeTable(os.Stdout)
	}
	if flags.keep {
		out.Line("kept up: Temporal at %s, its Web UI at %s, Spanner at %s; Ctrl-C ends it", server.Address, server.UI, cloud.endpoint)
		<-ctx.Done()
	}
	return result, nil
}
