package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// WaitPhase is how far a wait has come.
type WaitPhase string

// The phases of a wait.
const (
	// PhaseAwaiting: the wait polls the operation.
	PhaseAwaiting WaitPhase = "awaiting"
	// PhaseCanceling: the wait sends a cancel, or has sent it and awaits the operation's end.
	PhaseCanceling WaitPhase = "canceling"
	// PhaseEnded: the wait has ended.
	PhaseEnded WaitPhase = "ended"
)

// WaitStatus is what an [AwaitOperation] workflow knows of its wait. The heartbeats of its
// poll tell the progress, and workflow code cannot read them: control.Describe shows both.
type WaitStatus struct {
	// Input is the wait's input with the defaults and with what updates have changed. If
	// initialInterval is zero, the operation's method decides.
	Input AwaitInput `json:"input"`
	// Phase is how far the wait has come.
	Phase WaitPhase `json:"phase"`
	// Deadline is when the wait ends by itself, because of its Timeout or because a timeout
	// of the workflow is near. Zero for never.
	Deadline time.Time `json:"deadline,omitzero"`
	// Outcome holds the operation's last state that has reached the workflow, and what
	// became of a cancel so far.
	Outcome lro.Outcome `json:"outcome"`
}

func (w *wait) status() WaitStatus {
	status := WaitStatus{Input: w.in, Phase: w.phase, Deadline: w.deadline(), Outcome: w.outcome.Bound()}
	status.Input.Operation, status.Input.Resume, status.Input.origin = nil, nil, ""
	status.Input.Policy.InitialInterval = w.initialInterval
	return status
}

// maxAnswer bounds what an update returns, in bytes: a workflow task may answer ten
// updates, in a reply of at most 4 MiB.
const maxAnswer = 64 << 10

// answer is the status that an update returns. Without large metadata, responses and
// details, which the query has.
func (w *wait) answer() WaitStatus {
	status := w.status()
	if lro.EncodedSize(status.Outcome) <= maxAnswer {
		return status
	}
	status.Outcome = status.Outcome.Brief()
	return status
}

// deadline is when the wait ends, zero for never.
func (w *wait) deadline() time.Time { return w.limits.cut(w.callersDeadline()) }

// callersDeadline is the deadline that the Timeout sets, zero for none.
func (w *wait) callersDeadline() time.Time {
	if w.in.Timeout <= 0 {
		return time.Time{}
	}
	return w.outcome.StartTime.Add(w.in.Timeout)
}

// enter begins a phase, and shows it.
func (w *wait) enter(ctx workflow.Context, phase WaitPhase) {
	w.phase = phase
	w.show(ctx)
	w.attributeState(ctx)
}

// show shows the wait's status in the Web UI. It costs no event.
func (w *wait) show(ctx workflow.Context) {
	if w.steering != nil {
		workflow.SetCurrentDetails(ctx, w.details())
	}
}

// details is the status in Markdown, in two lines, because the Web UI shows few.
func (w *wait) details() string {
	text := fmt.Sprintf("**%s** `%s`\n\nsince %s", w.phase, w.in.Ref, w.outcome.StartTime.Format(time.DateTime))
	if deadline := w.deadline(); !deadline.IsZero() {
		text += ", deadline " + deadline.Format(time.DateTime)
	}
	if w.phase == PhaseEnded {
		text += ", " + string(w.outcome.State())
	} else if progress := lro.ProgressOf(w.outcome.Operation.Metadata); progress.Known {
		text += fmt.Sprintf(", %d%% at the last report", progress.Percent)
	}
	if w.outcome.CancelReason != "" {
		text += ", reason: " + w.outcome.CancelReason
	}
	return text
}
