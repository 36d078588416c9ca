package serve

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// Process is what a worker is given by the program it runs in.
type Process struct {
	// Dial connects to the Temporal server, with the given logger.
	Dial func(ctx context.Context, logger log.Logger) (client.Client, error)
	// Metrics serves the metrics.
	Metrics http.Handler
	// Log is what the log is written to.
	Log io.Writer
}

// running is a worker that runs.
type running struct {
	ctx context.Context
	log *slog.Logger
}

// Run serves the configured task queue until ctx is done, and then hands held polls
// over and lets what is under way end, for the configured time at most. It returns an
// error if it could not begin.
func Run(ctx context.Context, config Config, process Process) error {
	handler, err := config.Log.handler(process.Log)
	if err != nil {
		return err
	}
	run := &running{ctx: ctx, log: slog.New(handler)}
	temporal, err := process.Dial(ctx, log.NewStructuredLogger(run.log))
	if err != nil {
		return err
	}
	defer temporal.Close()
	w, err := config.newWorker(run, temporal)
	if err != nil {
		return err
	}
	check := &health{temporal: temporal, metrics: process.Metrics}
	stopServing, err := check.serve(string(config.Listen), run.log)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		stopServing(ctx)
	}()
	if err := w.Start(); err != nil {
		return err
	}
	check.started.Store(true)
	run.log.Info("serving", "taskQueue", config.TaskQueue)
	if config.Worker.Deployment != "" {
		run.log.Info("this version gets no new waits until it is the deployment's current one: temporal worker deployment set-current-version",
			"deployment-name", config.Worker.Deployment, "build-id", config.Worker.BuildID)
	}
	<-ctx.Done()
	check.stopping.Store(true)
	run.log.Info("stopping: held polls are handed over", "within", config.drainTime().String())
	began := time.Now()
	w.Stop()
	run.log.Info("stopped", "after", time.Since(began).Round(time.Millisecond).String())
	return nil
}
