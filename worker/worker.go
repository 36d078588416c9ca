package worker

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Worker serves awaitop's workflows and activities on a task queue. It also serves the activities
// on its control task queue, where cancels do not queue behind polls. Its methods are not safe for
// concurrent use.
type Worker struct {
	workers     []sdk.Worker
	client      client.Client
	taskQueue   string
	census      *census
	polling     *activities.Activities
	stopTimeout time.Duration
	close       func()
	fatal       chan error // the first of either worker
}

// New returns a worker of awaitop's own on taskQueue and on workflows.ControlTaskQueue(taskQueue).
// Name both in workflows.AwaitOptions, so that waits are polled here. New checks options.Rest and
// looks for credentials. temporal has the SDK's options: its zero fields are [DefaultStopTimeout]
// and the SDK's defaults. Its OnFatalError is called for each of the two workers that the SDK stops
// for good. The other worker goes on until Stop.
func New(ctx context.Context, c client.Client, taskQueue string, options Options, temporal sdk.Options) (*Worker, error) {
	if taskQueue == "" || strings.ContainsFunc(taskQueue, unicode.IsControl) {
		return nil, &lro.InvalidError{Field: "taskQueue", Value: taskQueue, Want: "the name of a Temporal task queue, without control characters"}
	}
	api, closeAPI, err := options.client(ctx)
	if err != nil {
		return nil, err
	}
	w := &Worker{client: c, taskQueue: taskQueue, census: options.census(api), close: closeAPI, fatal: make(chan error, 1)}
	w.polling = activities.New(api, options.configure(&temporal))
	w.stopTimeout = temporal.WorkerStopTimeout
	temporal.OnFatalError = w.noteFatal(temporal.OnFatalError)
	polls := sdk.New(c, taskQueue, temporal)
	control := sdk.New(c, workflows.ControlTaskQueue(taskQueue), temporal)
	workflows.Register(polls)
	register(polls, w.polling, options.Starters)
	register(control, w.polling, options.Starters)
	if err := options.withControlTaskQueue(taskQueue).registerNexus(polls, api); err != nil {
		closeAPI()
		return nil, err
	}
	w.workers = []sdk.Worker{polls, control}
	return w, nil
}

// noteFatal returns an OnFatalError that also ends Run.
func (w *Worker) noteFatal(users func(error)) func(error) {
	return func(err error) {
		if users != nil {
			users(err)
		}
		select {
		case w.fatal <- err:
		default: // the other worker's error was first
		}
	}
}

// Start begins to serve. After an error nothing runs.
func (w *Worker) Start() error {
	w.census.join(w.taskQueue)
	for i, one := range w.workers {
		if err := one.Start(); err != nil {
			stop(w.workers[:i])
			w.census.leave(w.taskQueue)
			return fmt.Errorf("start worker: %w", err)
		}
	}
	w.census.reach(w.taskQueue, w.client, pollsOfFleet(w.taskQueue))
	return nil
}

// Stop hands held polls over to other workers, waits for running activities up
// to the stop timeout, and closes the default client. Call it once.
func (w *Worker) Stop() {
	var handed sync.WaitGroup
	handed.Go(func() { handOver(context.Background(), w.polling, w.stopTimeout) })
	stop(w.workers) // they stop polling at once, so a poll that is handed over does not come back here
	handed.Wait()
	w.census.leave(w.taskQueue)
	w.close()
}

// Run serves until interrupt (such as the SDK's worker.InterruptCh()) delivers or is closed, then
// stops. If the SDK stops one of the two workers for good, for example because the namespace was
// deleted, Run stops the other and returns the SDK's error.
func (w *Worker) Run(interrupt <-chan any) error {
	if err := w.Start(); err != nil {
		w.close()
		return err
	}
	err := w.untilEnd(interrupt)
	w.Stop()
	return err
}

// untilEnd returns at an interrupt, or with the error of a worker that the SDK has stopped. If both have come, the error
// counts.
func (w *Worker) untilEnd(interrupt <-chan any) error {
	select {
	case <-interrupt:
	case err := <-w.fatal:
		return err
	}
	select {
	case err := <-w.fatal:
		return err
	default:
		return nil
	}
}

// stop stops workers side by side: each may take the stop timeout, and polls until it is stopped.
func stop(workers []sdk.Worker) {
	var stopped sync.WaitGroup
	for _, one := range workers {
		stopped.Go(one.Stop)
	}
	stopped.Wait()
}
