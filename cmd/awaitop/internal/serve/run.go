package serve

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/workflows"
)

// Process is what a worker needs of its program.
type Process struct {
	// Dial connects to the Temporal server. It calls configure with the options of the client.
	Dial func(ctx context.Context, configure func(*client.Options)) (client.Client, error)
	// Metrics serves /metrics.
	Metrics http.Handler
	// Log takes the log.
	Log io.Writer
}

// FatalError says that the Temporal SDK has stopped a worker for good, for example because its namespace is deleted.
type FatalError struct{ Err error }

func (e *FatalError) Error() string {
	return "the Temporal SDK has stopped the worker: " + e.Err.Error()
}

// Unwrap returns the error of the Temporal server.
func (e *FatalError) Unwrap() error { return e.Err }

// running is a worker process that runs.
type running struct {
	log       *slog.Logger
	namespace string
	polls     *polls
	fatal     chan error // has the first fatal error
}

// Run serves the configured task queue until ctx is done. Then it drains, within the configured time: it hands held
// polls over to other workers, and lets other activities end. It returns an error if it could not start, and a
// [*FatalError] if the Temporal SDK stopped the worker.
func Run(ctx context.Context, config Config, process Process) error {
	handler, err := config.Log.handler(process.Log)
	if err != nil {
		return err
	}
	run := &running{log: slog.New(handler), polls: newPolls(), fatal: make(chan error, 1)}
	temporal, err := process.Dial(ctx, run.configure)
	if err != nil {
		return err
	}
	defer temporal.Close()
	clients, closeClients, err := config.clients(ctx)
	if err != nil {
		return err
	}
	defer closeClients()
	w, err := config.newWorker(ctx, temporal, clients, run.log, run.onFatalError)
	if err != nil {
		return err
	}
	ready := &health{
		metrics: process.Metrics, askServer: askFor(temporal, run.namespace),
		polls: run.polls, targets: config.pollTargets(),
	}
	stopServing, err := ready.serve(config.Listen, run.log)
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
	ready.begin()
	run.greet(config)
	err = run.untilEnd(ctx)
	ready.end(cmp.Or(err, errStopping))
	run.log.Info("stopping: held polls are handed over", "within", config.drainTime().String())
	stop := time.Now()
	w.Stop()
	run.log.Info("stopped", "after", time.Since(stop).Round(time.Millisecond).String())
	return err
}

// configure completes the options of the client of the Temporal server.
func (r *running) configure(options *client.Options) {
	options.Logger = log.NewStructuredLogger(r.log)
	options.Identity = cmp.Or(options.Identity, uniqueIdentity())
	options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithChainUnaryInterceptor(r.polls.intercept))
	r.namespace = cmp.Or(options.Namespace, client.DefaultNamespace)
}

// onFatalError keeps the first fatal error of the workers.
func (r *running) onFatalError(err error) {
	select {
	case r.fatal <- err:
	default:
	}
}

func (r *running) greet(config Config) {
	r.log.Info("serving", "taskQueue", config.TaskQueue)
	if config.Worker.Deployment != "" {
		r.log.Info("this version gets no new waits until it is the deployment's current one: temporal worker deployment set-current-version",
			"deployment-name", config.Worker.Deployment, "build-id", config.Worker.BuildID)
	}
}

// untilEnd returns once ctx is done, or the SDK has stopped a worker. If both are true, that counts which a signal does
// not cause.
func (r *running) untilEnd(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case err := <-r.fatal:
		return &FatalError{err}
	}
	select {
	case err := <-r.fatal:
		return &FatalError{err}
	default:
		return nil
	}
}

// pollTargets are the polls of the workers. Cancels have a task queue of their own.
func (c Config) pollTargets() []pollTarget {
	return []pollTarget{
		{c.TaskQueue, workflowTasks}, {c.TaskQueue, activityTasks},
		{workflows.ControlTaskQueue(c.TaskQueue), activityTasks},
	}
}
