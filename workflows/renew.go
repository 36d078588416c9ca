package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
)

// renews reports whether the workflow is to continue as new: Temporal allows a run some
// 2,000 updates and 50,000 events, and suggests it in time. Only an AwaitOperation can.
func (w *wait) renews(ctx workflow.Context) bool {
	return w.steering != nil && workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// renewIfSuggested ends the poll under way, so that the workflow continues as new.
func (w *wait) renewIfSuggested(ctx workflow.Context) {
	if w.phase == PhaseAwaiting && w.renews(ctx) {
		w.steering.restart = true
		w.steering.interrupt()
	}
}

// mayRenew waits until the handlers of all updates have ended: the workflow may continue as new then. It reports false
// as soon as the wait is to end or to be canceled instead, because the handler of a cancel waits for that.
func (w *wait) mayRenew(ctx workflow.Context) bool {
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return workflow.AllHandlersFinished(ctx) || w.next(ctx) != doRenew })
	if !workflow.AllHandlersFinished(ctx) && !changed(ctx, RenewalChange) {
		w.settle(ctx) // as runs did that 0.1.0 began
	}
	return w.next(ctx) == doRenew
}

// renewed continues the workflow as new.
func (w *wait) renewed(ctx workflow.Context) error {
	in := w.in
	in.Policy.InitialInterval = w.initialInterval
	in.Operation = nil
	in.origin = originWorker
	in.Resume = &Resume{StartTime: w.outcome.StartTime, Polls: w.outcome.Polls, Seen: w.seen}
	return workflow.NewContinueAsNewError(ctx, AwaitOperationName, in)
}

// Resume carries a wait on in the next run of its workflow. AwaitOperation sets it when
// it continues as new.
type Resume struct {
	// StartTime is when the wait began, within [lro.MaxDuration] of the workflow's time.
	StartTime time.Time `json:"startTime"`
	// Polls is how many reads were made, 0 to 2^53.
	Polls int `json:"polls,omitempty"`
	// Seen says that the service has returned the operation.
	Seen bool `json:"seen,omitempty"`
}

func (r *Resume) validate(now time.Time) error {
	switch {
	case r == nil:
		return nil
	case r.StartTime.IsZero():
		return &lro.InvalidError{Field: "resume.startTime", Want: "the time the wait began, in RFC 3339"}
	case now.Sub(r.StartTime).Abs() > lro.MaxDuration:
		return &lro.InvalidError{Field: "resume.startTime", Value: r.StartTime.Format(time.RFC3339), Want: "a time within 87600h of the workflow's"}
	default:
		return polls.Validate("resume.polls", r.Polls)
	}
}
