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
		fmt.Fprintln(os.Stderr, "provisioning:", err)
		return exitUsage
	}
	report, err := provisionOnce(ctx, flags, console.New(flags.json))
	if err != nil {
		fmt.Fprintln(os.Stderr, "provisioning:", err)
		return exitFailed
	}
	if !report.OK {
		return exitFailed
	}
	return exitOK
}

// provisionOnce brings everything up, runs the workflow and takes all down again.
func provisionOnce(ctx context.Context, f flags, out *console.Console) (report, error) {
	server, err := temporal.Start(ctx, f.temporal, out)
	if err != nil {
		return report{}, err
	}
	defer server.Close()
	cloud, err := openCloud(ctx, f, out)
	if err != nil {
		return report{}, err
	}
	defer cloud.close()
	d := &demo{flags: f, out: out, client: server.Client, cloud: cloud}
	result, err := d.run(ctx)
	if err != nil {
		return report{}, err
	}
	if f.json {
		result.writeJSON(os.Stdout)
	} else {
		result.write(os.Stdout)
	}
	return result, nil
}
