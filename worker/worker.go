package worker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Worker serves awaitop's workflows and activities on a task queue, and the
// activities also on its control task queue, where cancels do not queue up
// behind polls. Its methods are not safe for concurrent use.
type Worker struct {
	workers     []sdk.Worker
	polling     *activities.Activities
	stopTimeout time.Duration
	close       func()
}

// New returns a worker of awaitop's own on taskQueue and on
// workflows.ControlTaskQueue(taskQueue). Name both in workflows.AwaitOptions to
// have waits polled here. options.Rest is checked, and credentials are looked
// for, before it returns. temporal gives the SDK's options; zero fields are
// [DefaultStopTimeout] and the SDK's defaults.
func New(ctx context.Context, c client.Client, taskQueue string, options Options, temporal sdk.Options) (*Worker, error) {
	if taskQueue == "" {
		return nil, &lro.InvalidError{Field: "taskQueue", Want: "the name of a Temporal task queue"}
	}
	api, closeAPI, err := options.client(ctx)
	if err != nil {
		return nil, err
	}
	polling := activities.New(api, options.configure(&temporal))
	polls := sdk.New(c, taskQueue, temporal)
	control := sdk.New(c, workflows.ControlTaskQueue(taskQueue), temporal)
	workflows.Register(polls)
	register(polls, polling)
	register(control, polling)
	return &Worker{workers: []sdk.Worker{polls, control}, polling: polling, stopTimeout: temporal.WorkerStopTimeout, close: closeAPI}, nil
}

// Start begins to serve. After an error nothing runs.
func (w *Worker) Start() error {
	for i, one := range w.workers {
		if err := one.Start(); err != nil {
			stop(w.workers[:i])
			return fmt.Errorf("start worker: %w", err)
		}
	}
	return nil
}

// Stop hands held polls over to other workers, waits for running activities up
// to the stop timeout, and closes the default client. Call it once.
func (w *Worker) Stop() {
	var handed sync.WaitGroup
	handed.Go(func() { handOver(context.Background(), w.polling, w.stopTimeout) })
	stop(w.workers) // begins to at once: what is handed over shall not come back here
	handed.Wait()
	w.close()
}

// Run serves until interrupt (such as the SDK's worker.InterruptCh()) delivers
// or is closed, then stops.
func (w *Worker) Run(interrupt <-chan any) error {
	if err := w.Start(); err != nil {
		w.close()
		return err
	}
	<-interrupt
	w.Stop()
	return nil
}

func stop(workers []sdk.Worker) {
	for _, one := range workers {
		one.Stop()
	}
}
