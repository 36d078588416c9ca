package main

import (
	"context"
	"os"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
)

func main() { os.Exit(command.Main("dataplane", run)) }

func run(ctx context.Context, args []string) (bool, error) {
	flags, err := parseFlags(args)
	if err != nil {
		return false, err
	}
	report, err := provisionOnce(ctx, flags, console.New(flags.JSON))
	return report.OK, err
}

// provisionOnce brings everything up, runs the workflow and takes all down again.
func provisionOnce(ctx context.Context, f flags, out *console.Console) (report, error) {
	server, err := temporal.Start(ctx, f.temporal, out)
	if err != nil {
		return report{}, err
	}
	defer server.Close()
	cloud, err := openCloud(f, out)
	if err != nil {
		return report{}, err
	}
	defer cloud.close()
	d := &demo{flags: f, out: out, client: server.Client, cloud: cloud}
	result, err := d.run(ctx)
	if err != nil {
		return report{}, err
	}
	f.Print(result, result.write)
	return result, nil
}
