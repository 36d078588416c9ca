package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/examples/internal/console"
)

// Run is a run of a workflow.
type Run struct {
	Client client.Client
	Run    client.WorkflowRun
	Out    *console.Console
}

// Await waits for the run's end, and decodes its result. It cancels the run after a time, 0 for never, and when ctx is
// done. It reports whether it has canceled before the end.
func (r Run) Await(ctx context.Context, cancelAfter time.Duration, result any) (canceled bool, err error) {
	ended := make(chan error, 1)
	go func() { ended <- r.Run.Get(context.WithoutCancel(ctx), result) }()
	var cancelNow <-chan time.Time
	if cancelAfter > 0 {
		cancelNow = time.After(cancelAfter)
	}
	interrupted := ctx.Done()
	for {
		select {
		case err := <-ended:
			return canceled, err
		case <-cancelNow:
			cancelNow = nil
			r.Out.Line("cancel:   after %v", cancelAfter)
		case <-interrupted:
			interrupted = nil
			r.Out.Line("cancel:   interrupted; everything is undone first (again to leave at once: the workflow stays)")
		}
		canceled = true
		if err := r.cancel(context.WithoutCancel(ctx)); err != nil {
			return canceled, err
		}
	}
}

// cancel cancels the run. One that has just ended says so by its result.
func (r Run) cancel(ctx context.Context) error {
	err := r.Client.CancelWorkflow(ctx, r.Run.GetID(), r.Run.GetRunID())
	var ended *serviceerror.NotFound
	if err == nil || errors.As(err, &ended) {
		return nil
	}
	return fmt.Errorf("cancel the workflow: %w", err)
}
