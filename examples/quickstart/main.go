package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if os.Getenv(envWorkerQueue) != "" {
		os.Exit(serveAsChild())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	flags, err := parseFlags(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		return exitUsage
	}
	out := console.New(flags.json)
	report, err := quickstart(ctx, flags, out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		return exitFailed
	}
	if !report.OK {
		return exitFailed
	}
	return exitOK
}

// quickstart brings everything up, runs the waits and takes all down again.
func quickstart(ctx context.Context, flags flags, out *console.Console) (report, error) {
	server, err := temporal.Start(ctx, flags.temporal, out)
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
	if flags.json {
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
