package main

import (
	"context"
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/worker"
)

// workerChild is a Temporal worker.
type workerChild struct {
	client client.Client
	worker sdk.Worker
	count  *actionCounter
}

func newWorkerChild(ctx context.Context, pattern patterns.Pattern, config childConfig, api lro.Client) (*workerChild, error) {
	count := newActionCounter()
	c, err := temporal.Dial(ctx, config.Temporal, console.New(true), func(options *client.Options) {
		// An attempt that fails to be retried is an error to the SDK's log.
		options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
		options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithChainUnaryInterceptor(count.intercept))
	})
	if err != nil {
		return nil, err
	}
	options := sdk.Options{MaxConcurrentActivityExecutionSize: config.Slots}
	if pattern.Awaitop {
		plugin, err := worker.Plugin(ctx, config.awaitop())
		if err != nil {
			return nil, err
		}
		options.Plugins = []sdk.Plugin{plugin}
	}
	w := sdk.New(c, config.Queue, options)
	if pattern.Register != nil {
		pattern.Register(w, api)
	}
	if err := w.Start(); err != nil {
		return nil, err
	}
	return &workerChild{client: c, worker: w, count: count}, nil
}

// Workers get requests through Temporal.
func (c *workerChild) await([]lro.Ref)  {}
func (c *workerChild) cancel([]lro.Ref) {}

func (c *workerChild) report() childReport { return childReport{Actions: c.count.get()} }

func (c *workerChild) stop() {
	c.worker.Stop()
	c.client.Close()
}
