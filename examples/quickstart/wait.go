package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/converter"
	spanner "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// watchInterval is the time between two looks at a wait's progress.
const watchInterval = 300 * time.Millisecond

// wait is one wait under way.
type wait struct {
	demo *demo
	name string
	run  *workflows.AwaitRun
	stop context.CancelFunc
	done chan struct{} // closed once its progress is no longer shown
}

// start awaits op in a workflow and shows its progress.
func (d *demo) start(ctx context.Context, name, queue string, op *spanner.Operation, options workflows.AwaitOptions) (*wait, error) {
	ref := lro.Ref{Service: lro.SpannerService, Name: op.Name}
	run, err := workflows.Start(ctx, d.temporal.Client, queue, ref, options)
	if err != nil {
		return nil, err
	}
	d.out.Line("%-9s awaiting %s", name, ref)
	watching, stop := context.WithCancel(ctx)
	w := &wait{demo: d, name: name, run: run, stop: stop, done: make(chan struct{})}
	go w.watch(watching)
	return w, nil
}

// watch shows the last heartbeat of the wait's activity, or the message of its last attempt.
func (w *wait) watch(ctx context.Context) {
	defer close(w.done)
	show := w.demo.out.Begin(w.name)
	defer show("")
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if status := w.status(ctx); status != "" {
				show(status)
			}
		case <-ctx.Done():
			return
		}
	}
}

// status is the state of the wait as the server knows it, "" if it has no news.
func (w *wait) status(ctx context.Context) string {
	described, err := w.demo.temporal.Client.DescribeWorkflowExecution(ctx, w.run.ID, w.run.RunID)
	if err != nil {
		return "" // the next look comes soon
	}
	for _, pending := range described.GetPendingActivities() {
		var beat activities.Heartbeat
		err := converter.GetDefaultDataConverter().FromPayloads(pending.GetHeartbeatDetails(), &beat)
		if pending.GetHeartbeatDetails() != nil && err == nil && beat.Status != "" {
			return beat.Status
		}
	}
	return ""
}

// waitInFlight returns once the wait has lasted for some time.
func (w *wait) waitInFlight(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// get returns the end of the wait.
func (w *wait) get(ctx context.Context) (lro.Outcome, error) {
	outcome, err := w.run.Get(ctx)
	w.stop()
	<-w.done
	return outcome, err
}

// events counts the history of the wait's workflow; 0 if it cannot be read.
func (w *wait) events() int {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	count := 0
	for history := w.demo.temporal.Client.GetWorkflowHistory(ctx, w.run.ID, w.run.RunID, false, 0); history.HasNext(); count++ {
		if _, err := history.Next(); err != nil {
			return 0
		}
	}
	return count
}
