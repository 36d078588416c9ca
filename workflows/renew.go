package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// renews reports whether the workflow is to go on in a new run: Temporal allows a
// run some 2,000 updates and 50,000 events, and says when it is time. Only an
// AwaitOperation can.
func (w *wait) renews(ctx workflow.Context) bool {
	return w.steering != nil && workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// renewIfSuggested ends the poll under way for that.
func (w *wait) renewIfSuggested(ctx workflow.Context) {
	if w.phase == PhaseAwaiting && w.renews(ctx) {
		w.steering.restart = true
		w.steering.interrupt()
	}
}

// renewed continues the workflow as new, unless it is asked to stop meanwhile.
func (w *wait) renewed(ctx workflow.Context) error {
	w.settle(ctx)
	if ctx.Err() != nil || w.steering.stops() {
		return w.canceled(ctx)
	}
	in := w.in
	in.Policy.InitialInterval = w.initialInterval
	in.Operation = nil
	in.origin = originWorker
	in.Resume = &Resume{StartTime: w.outcome.StartTime, Polls: w.outcome.Polls, Seen: w.seen}
	return workflow.NewContinueAsNewError(ctx, AwaitOperationName, in)
}

// Resume is what a wait goes on with that an earlier run of its workflow began.
// AwaitOperation sets it when it continues as new.
type Resume struct {
	// StartTime is when the wait began, within [lro.MaxDuration] of the workflow's time.
	StartTime time.Time `json:"startTime"`
	// Polls is how many reads were made, 0 to [lro.MaxPolls].
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
		return lro.ValidatePolls("resume.polls", r.Polls)
	}
}
