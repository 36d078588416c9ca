// Command typescript is what the TypeScript program of this folder talks to: a Temporal dev server, a scripted AlloyDB, and
// the worker of awaitop that alone reaches AlloyDB. `npm start` runs it.
//
// It prints where all that is, as one line of JSON, and ends when its standard input does.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
)

// place is what the program prints: where the TypeScript program finds everything.
type place struct {
	Address    string     `json:"address"`   // of the Temporal server
	TaskQueue  string     `json:"taskQueue"` // of awaitop's worker
	Endpoint   string     `json:"endpoint"`  // of Nexus, to that worker
	Operations operations `json:"operations"`
}

func main() { os.Exit(command.Main("typescript", run)) }

func run(ctx context.Context, args []string) (ok bool, err error) {
	flags := flag.NewFlagSet("typescript", flag.ContinueOnError)
	address := flags.String("temporal", os.Getenv("TEMPORAL_ADDRESS"), "`HOST:PORT` of a Temporal server (default: TEMPORAL_ADDRESS, else a local dev server)")
	service := flags.String("alloydb", "", "`URL` of an AlloyDB without credentials (default: a scripted one)")
	if err := command.Parse(flags, args); err != nil {
		return false, err
	}
	server, err := temporal.Start(ctx, *address, console.New(true))
	if err != nil {
		return false, err
	}
	defer server.Close()
	cloud, err := openCloud(*service)
	if err != nil {
		return false, err
	}
	defer cloud.close()
	if err := makeEndpoint(ctx, server.Client); err != nil {
		return false, err
	}
	w, err := serve(ctx, server.Client, cloud.endpoint)
	if err != nil {
		return false, err
	}
	defer w.Stop()
	if err := json.NewEncoder(os.Stdout).Encode(place{server.Address, taskQueue, endpoint, cloud.operations}); err != nil {
		return false, err
	}
	awaitEnd(ctx)
	return true, nil
}

// awaitEnd returns when the standard input ends, as it does when the parent ends, or when ctx is done.
func awaitEnd(ctx context.Context) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}
