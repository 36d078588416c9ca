package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// StatusQuery is the query that an [AwaitOperation] workflow answers with its
// [WaitStatus].
const StatusQuery = "awaitop.status"

// WaitPhase is what a wait is at.
type WaitPhase string

// The phases of a wait.
const (
	// PhaseAwaiting: the operation is awaited.
	PhaseAwaiting WaitPhase = "awaiting"
	// PhaseCanceling: the operation is sent a cancel, or has been and is awaited.
	PhaseCanceling WaitPhase = "canceling"
	// PhaseEnded: the wait has ended.
	PhaseEnded WaitPhase = "ended"
)

// WaitStatus is what an [AwaitOperation] workflow knows of its wait. How far the
// operation is stands in the heartbeats of its poll, which workflow code cannot
// read: control.Describe shows both.
type WaitStatus struct {
	// Input is what is awaited and how, defaults filled in, as updates have left it. An
	// initialInterval of zero is left to the operation's method.
	Input AwaitInput `json:"input"`
	// Phase is what the wait is at.
	Phase WaitPhase `json:"phase"`
	// Deadline is when the wait ends, for its own or for a timeout of the workflow; zero
	// for never.
	Deadline time.Time `json:"deadline,omitzero"`
	// Outcome is what is known of it, the operation as the workflow was last told.
	Outcome lro.Outcome `json:"outcome"`
}

func (w *wait) status() WaitStatus {
	status := WaitStatus{Input: w.in, Phase: w.phase, Deadline: w.deadline(), Outcome: w.outcome.Bound()}
	status.Input.Operation, status.Input.Resume, status.Input.origin = nil, nil, ""
	status.Input.Policy.InitialInterval = w.initialInterval
	return status
}

// maxAnswer bounds what an update returns, in bytes: a workflow task may answer ten,
// and its reply may have 4 MiB.
const maxAnswer = 64 << 10

// answer is the status that an update returns: without the operation's metadata,
// response and details where they are large. The query has them.
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

// enter begins a phase.
func (w *wait) enter(ctx workflow.Context, phase WaitPhase) {
	w.phase = phase
	w.show(ctx)
	w.attributeState(ctx)
}

// show has the Web UI show what the workflow knows of its wait. It costs no event.
func (w *wait) show(ctx workflow.Context) {
	if w.steering != nil {
		workflow.SetCurrentDetails(ctx, w.details())
	}
}

// details is the status in Markdown: two lines, for the Web UI shows few.
func (w *wait) details() string {
	text := fmt.Sprintf("**%s** `%s`\n\nsince %s", w.phase, w.in.Ref, w.outcome.StartTime.Format(time.DateTime))
	if deadline := w.deadline(); !deadline.IsZero() {
		text += ", deadline " + deadline.Format(time.DateTime)
	}
	if w.phase == PhaseEnded {
		text += ", " + string(w.outcome.State())
	} else if progress := lro.ProgressOf(w.outcome.Operation.Metadata); progress.Known {
		text += fmt.Sprintf(", %d%% when last told", progress.Percent)
	}
	if w.outcome.CancelReason != "" {
		text += ", reason: " + w.outcome.CancelReason
	}
	return text
}
