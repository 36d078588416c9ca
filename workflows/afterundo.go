package workflows

import (
	"slices"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// afterUndo returns the cause with what the undo did: a wait that left its operation running
// at the deadline does not know that the saga has canceled the operation since. A failure that
// the cause wraps stays as it is, because what wraps it may hold its message.
func (s *Saga) afterUndo(cause error) error {
	app, direct := cause.(*temporal.ApplicationError)
	failure, ok := lro.AsFailure(cause)
	if !direct || !ok || app.Type() != failure.ErrorType() {
		return cause
	}
	var undone []lro.Outcome
	for _, step := range s.steps {
		if r, isStep := step.(*stepRun); isStep {
			undone = append(undone, r.outcome)
		}
	}
	amended, changed := stoppedLater(failure, undone)
	if !changed {
		return cause
	}
	return activities.NewError(amended)
}

// stoppedLater returns an AwaitTimeout failure, or that of an abandoned wait, with what became of its operation's cancel, by
// the outcomes of a saga's steps after their undo. It reports false for a failure that these do
// not change. Operations that were canceled since are no longer among those left running.
func stoppedLater(failure lro.Failure, outcomes []lro.Outcome) (lro.Failure, bool) {
	stopped := map[string]lro.Outcome{}
	for _, o := range outcomes {
		if o.Cancellation != "" {
			stopped[o.Ref.String()] = o
		}
	}
	later, found := stopped[failure.Ref.String()]
	leftRunning := failure.Type == lro.TypeAwaitTimeout && failure.Cancellation == "" ||
		failure.Type == lro.TypeOperationCanceled && failure.Cancellation == lro.CancellationAbandoned
	if !leftRunning || failure.Ref.IsZero() || !found {
		return failure, false
	}
	failure.Operation, failure.EndTime = later.Operation, later.EndTime
	failure.Cancellation, failure.CancelStatus = later.Cancellation, later.CancelStatus
	failure.Resources = slices.DeleteFunc(slices.Clone(failure.Resources), func(left string) bool {
		_, is := stopped[left]
		return is
	})
	return failure, true
}
