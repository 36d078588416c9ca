package cli

import (
	"time"

	"github.com/awaitop/awaitop/control"
)

// run prints a RunOperation or an UndoOperation. started is when the workflow above has started.
func (r rows) run(run control.Run, started time.Time) {
	if run.Status == nil {
		r.line("run", "%s", run.WorkflowType)
		r.line("no answer", "%s", run.Unanswered)
		return
	}
	r.line("run", "%s", run.Status.Phase)
	r.line("method", "%s", run.Status.Method)
	r.line("target", "%s", run.Status.Target)
	if !run.Status.Ref.IsZero() {
		r.line("operation", "%s", run.Status.Ref)
	}
	if !run.Status.HoldUntil.IsZero() {
		r.line("held until", "%s", timeText(run.Status.HoldUntil))
	}
	if differs(run.StartTime, started) {
		r.line("since", "%s", timeText(run.StartTime))
	}
}
