package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// steering lets updates change a wait while it is blocked. A wait inline in another
// workflow takes no updates and has a nil steering.
type steering struct {
	requests
	interrupt      workflow.CancelFunc // ends the activity on which the wait is blocked
	cancelReported bool                // the activity that sends the operation's cancel has ended
}

// interruptible returns the context of an activity that an update may end.
func (s *steering) interruptible(ctx workflow.Context) workflow.Context {
	if s == nil {
		return ctx
	}
	s.interrupt() // frees the context of the activity before
	ctx, s.interrupt = workflow.WithCancel(ctx)
	return ctx
}

// steerable registers the workflow's query and updates.
func (w *wait) steerable(ctx workflow.Context) error {
	w.steering = &steering{interrupt: func() {}}
	err := workflow.SetQueryHandlerWithOptions(ctx, StatusQuery, func() (WaitStatus, error) { return w.status(), nil },
		workflow.QueryHandlerOptions{Description: "What is awaited, how, and how far the wait is."})
	for _, update := range []struct {
		name             string
		handle, validate any
		description      string
	}{
		{PollNowUpdate, handling(w.pollNow), validating(w, w.mayPollNow), "Reads the operation now."},
		{SetPolicyUpdate, handling(w.setPolicy), validating(w, w.maySetPolicy), "Replaces the poll policy, and reads now."},
		{SetDeadlineUpdate, handling(w.setDeadline), validating(w, w.maySetDeadline), "Changes or lifts the deadline."},
		{CancelUpdate, handling(w.cancelNow), validating(w, w.mayCancel), "Cancels the operation and awaits what becomes of it."},
		{AbandonUpdate, handling(w.abandon), validating(w, w.mayAbandon), "Ends the wait and leaves the operation as it is."},
	} {
		if err != nil {
			return err
		}
		err = workflow.SetUpdateHandlerWithOptions(ctx, update.name, update.handle, workflow.UpdateHandlerOptions{
			Validator: update.validate, Description: update.description,
		})
	}
	return err
}

// settle waits until the handlers of all updates have ended: the workflow may end then.
func (w *wait) settle(ctx workflow.Context) {
	if w.steering == nil || workflow.AllHandlersFinished(ctx) {
		return
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// refusal is the error that refuses a valid update.
func refusal(format string, args ...any) error {
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf(format, args...), RefusedType, nil)
}

// invalidUpdate is the error of an update with invalid input.
func (w *wait) invalidUpdate(err error) error { return activities.NewError(lro.Invalid(w.in.Ref, err)) }

// only refuses an update unless the wait is in one of the phases.
func (w *wait) only(phases ...WaitPhase) error {
	switch {
	case slices.Contains(phases, w.phase):
		return nil
	case w.phase == PhaseCanceling:
		return refusal("the wait for %s is being canceled", w.in.Ref)
	default:
		return refusal("the wait for %s has ended", w.in.Ref)
	}
}
