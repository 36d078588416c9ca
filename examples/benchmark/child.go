package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// envChild has the childConfig of a child: this program as a process that awaits.
const envChild = "AWAITOP_BENCHMARK_CHILD"

// childConfig is the configuration of a child.
type childConfig struct {
	Pattern  string
	Schedule patterns.Schedule
	Service  string
	Endpoint string // of the API
	Temporal string // host:port
	Queue    string
	Slots    int
	Rate     float64
	Workers  int
}

// childRequest is a line on a child's standard input. Only a plain process gets requests to await
// and to cancel. Workers get them through Temporal.
type childRequest struct {
	Await  []lro.Ref `json:",omitempty"`
	Cancel []lro.Ref `json:",omitempty"`
	Report bool      `json:",omitempty"`
}

// childReport is a line on a child's standard output: one when it is ready, and one for each
// request.
type childReport struct {
	Actions actions // of a worker
	Running int     // waits of a plain process
	Failed  int
}

// child awaits, as a worker or as a plain process.
type child interface {
	await(refs []lro.Ref)
	cancel(refs []lro.Ref)
	report() childReport
	stop()
}

// serveAsChild is the child's main. It serves until its standard input closes, at the latest with
// its parent.
func serveAsChild() int {
	var config childConfig
	err := json.Unmarshal([]byte(os.Getenv(envChild)), &config)
	if err == nil {
		err = serveChild(context.Background(), config, os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark child:", err)
		return command.ExitFailed
	}
	return command.ExitOK
}

func serveChild(ctx context.Context, config childConfig, in io.Reader, out io.Writer) error {
	c, err := newChild(ctx, config)
	if err != nil {
		return err
	}
	defer c.stop()
	requests, reports := json.NewDecoder(in), json.NewEncoder(out)
	if err := reports.Encode(c.report()); err != nil {
		return err
	}
	for {
		var request childRequest
		if err := requests.Decode(&request); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		c.await(request.Await)
		c.cancel(request.Cancel)
		if request.Report {
			if err := reports.Encode(c.report()); err != nil {
				return err
			}
		}
	}
}

func newChild(ctx context.Context, config childConfig) (child, error) {
	pattern, found := patterns.Find(config.Pattern)
	if !found {
		return nil, fmt.Errorf("%q is no pattern", config.Pattern)
	}
	api, err := rest.New(ctx, config.api())
	if err != nil {
		return nil, err
	}
	if pattern.Wait != nil {
		return newPlainChild(ctx, pattern, config.Schedule, api), nil
	}
	return newWorkerChild(ctx, pattern, config, api)
}
