package workflows

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// steering is what updates have asked of a wait. A nil one asks for nothing: that of
// a wait inline in another's workflow.
type steering struct {
	interrupt workflow.CancelFunc // ends the activity that the wait is blocked on
	restart   bool                // poll afresh: policy or deadline are others
	canceled  bool
	abandoned bool
	delivered bool // whether it is known if the operation's cancel arrived
	// found is the terminal operation that a poll now saw, nil for none.
	found *lro.Operation
}

// interruptible is the context of an activity that an update may end.
func (s *steering) interruptible(ctx workflow.Context) workflow.Context {
	if s == nil {
		return ctx
	}
	s.interrupt() // the one before has ended, and is let go of
	ctx, s.interrupt = workflow.WithCancel(ctx)
	return ctx
}

// begun begins to poll by what updates have asked for so far, and reports whether that
// is not to poll at all.
func (s *steering) begun() (stops bool) {
	if s != nil {
		s.restart = false
	}
	return s.stops()
}

// asked reports whether an update asks the wait to leave its poll: that after a cancel,
// or the one before.
func (s *steering) asked(canceling bool) bool {
	return s != nil && (s.abandoned || s.found != nil || !canceling && (s.restart || s.canceled))
}

func (s *steering) stops() bool { return s != nil && (s.canceled || s.abandoned) }

// answered notes that it is known if the operation's cancel arrived.
func (s *steering) answered() {
	if s != nil {
		s.delivered = true
	}
}

func (s *steering) isAbandoned() bool { return s != nil && s.abandoned }

// steerable has the workflow answer queries and take updates.
func (w *wait) steerable(ctx workflow.Context) error {
	w.steering = &steering{interrupt: func() {}}
	err := workflow.SetQueryHandlerWithOptions(ctx, StatusQuery, func() (WaitStatus, error) { return w.status(), nil },
		workflow.QueryHandlerOptions{Description: "What is awaited, how, and how far the wait is."})
	for _, update := range []struct {
		name             string
		handle, validate any
		description      string
	}{
		{PollNowUpdate, w.pollNow, w.mayPollNow, "Reads the operation now."},
		{SetPolicyUpdate, w.setPolicy, w.maySetPolicy, "Replaces the poll policy, and reads now."},
		{SetDeadlineUpdate, w.setDeadline, w.maySetDeadline, "Changes or lifts the deadline."},
		{CancelUpdate, w.cancelNow, w.mayCancel, "Cancels the operation and awaits what becomes of it."},
		{AbandonUpdate, w.abandon, w.mayAbandon, "Ends the wait and leaves the operation as it is."},
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

// settle lets updates under way come to their end before the workflow does.
func (w *wait) settle(ctx workflow.Context) {
	if w.steering == nil || workflow.AllHandlersFinished(ctx) {
		return
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// refusal is the error of an update that is not taken.
func refusal(format string, args ...any) error {
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf(format, args...), RefusedType, nil)
}

// RefusedType is the type of the ApplicationError with which an update is refused
// that is valid but comes too late.
const RefusedType = "UpdateRefused"

// invalidUpdate is the error of an update whose input is invalid.
func (w *wait) invalidUpdate(err error) error { return activities.NewError(lro.Invalid(w.in.Ref, err)) }

// only refuses an update in all phases but the given ones.
func (w *wait) only(phases ...WaitPhase) error {
	for _, phase := range phases {
		if w.phase == phase {
			return nil
		}
	}
	switch w.phase {
	case PhaseCanceling:
		return refusal("the wait for %s is being canceled", w.in.Ref)
	default:
		return refusal("the wait for %s has ended", w.in.Ref)
	}
}

func (w *wait) mayPollNow(_ workflow.Context, in noInput) error {
	if in.invalid != nil {
		return w.invalidUpdate(in.invalid)
	}
	return w.only(PhaseAwaiting, PhaseCanceling)
}

func (w *wait) pollNow(ctx workflow.Context, _ noInput) (WaitStatus, error) {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	reading := workflow.ExecuteActivity(w.readContext(ctx), activities.GetOperationName, activities.OperationInput{
		Ref: w.in.Ref, Deadline: workflow.Now(ctx).UTC().Add(readTimeout),
	})
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return reading.IsReady() || w.phase == PhaseEnded }) // one of which comes
	if w.phase == PhaseEnded {
		return w.answer(), nil // which says more than the read
	}
	var op lro.Operation
	err := get(ctx, reading, &op)
	if err == nil {
		err = stray(activities.ValidateRead(w.in.Ref, op))
	}
	if isStray(err) {
		failure := lostPoll(err)
		failure.Outcome = w.outcome
		err = activities.NewError(*failure)
	}
	switch s := w.steering; {
	case err != nil:
	case op.Done && w.phase == PhaseCanceling && !s.delivered:
		// The cancel is being sent, and is not to be cut off; the poll after it reads this.
	case op.Done && op.Truncated: // what it was cut of, its poll will know
		if w.phase == PhaseAwaiting {
			w.pollAfresh(ctx)
		}
	case op.Done:
		s.found = &op
		s.interrupt()
	default:
		w.observed(op, 1)
		w.seen = true
		w.show(ctx)
	}
	w.renewIfSuggested(ctx)
	return w.answer(), err
}

func (w *wait) maySetPolicy(_ workflow.Context, in SetPolicyInput) error {
	if err := in.validate(); err != nil {
		return w.invalidUpdate(err)
	}
	return w.only(PhaseAwaiting)
}

func (w *wait) setPolicy(ctx workflow.Context, in SetPolicyInput) (WaitStatus, error) {
	w.initialInterval, w.in.Policy = in.Policy.InitialInterval, in.Policy.WithDefaults()
	w.pollAfresh(ctx)
	return w.answer(), nil
}

func (w *wait) maySetDeadline(ctx workflow.Context, in SetDeadlineInput) error {
	if in.invalid != nil {
		return w.invalidUpdate(in.invalid)
	}
	deadline, err := in.at(workflow.Now(ctx))
	if err == nil && deadline.Sub(w.outcome.StartTime) > lro.MaxDuration {
		err = &lro.InvalidError{Field: "deadline", Value: deadline.Format(time.RFC3339), Want: "at most 87600h after the wait's start"}
	}
	if err != nil {
		return w.invalidUpdate(err)
	}
	return w.only(PhaseAwaiting)
}

func (w *wait) setDeadline(ctx workflow.Context, in SetDeadlineInput) (WaitStatus, error) {
	deadline, err := in.at(workflow.Now(ctx))
	if err != nil {
		return w.answer(), w.invalidUpdate(err)
	}
	w.in.Timeout = 0
	if !deadline.IsZero() {
		w.in.Timeout = deadline.Sub(w.outcome.StartTime)
	}
	w.pollAfresh(ctx)
	return w.answer(), nil
}

// pollAfresh ends the poll under way, without waiting for it, for another one.
func (w *wait) pollAfresh(ctx workflow.Context) {
	w.steering.restart = true
	w.steering.interrupt()
	w.show(ctx)
}

func (w *wait) mayCancel(_ workflow.Context, in StopInput) error {
	if err := in.validate(); err != nil {
		return w.invalidUpdate(err)
	}
	if w.steering.stops() {
		return refusal("the wait for %s is being canceled", w.in.Ref)
	}
	return w.only(PhaseAwaiting)
}

func (w *wait) cancelNow(ctx workflow.Context, in StopInput) (WaitStatus, error) {
	w.steering.canceled = true
	w.because(in.Reason)
	w.steering.interrupt()
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return w.steering.delivered || w.phase == PhaseEnded }) // which comes
	return w.answer(), nil
}

func (w *wait) mayAbandon(_ workflow.Context, in StopInput) error {
	if err := in.validate(); err != nil {
		return w.invalidUpdate(err)
	}
	if w.steering.abandoned {
		return refusal("the wait for %s is being abandoned", w.in.Ref)
	}
	return w.only(PhaseAwaiting, PhaseCanceling)
}

func (w *wait) abandon(_ workflow.Context, in StopInput) (WaitStatus, error) {
	w.steering.abandoned = true
	w.because(in.Reason)
	w.steering.interrupt()
	return w.answer(), nil
}

// because adds a reason to those that the outcome has. It goes to terminals and the
// Web UI: it is one line without control characters.
func (w *wait) because(reason string) {
	reason = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, reason)
	switch {
	case reason == "":
	case w.outcome.CancelReason == "":
		w.outcome.CancelReason = reason
	default:
		w.outcome.CancelReason += "; " + reason
	}
}
