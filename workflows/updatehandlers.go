package workflows

import (
	"strings"
	"time"
	"unicode"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func (w *wait) mayPollNow(_ workflow.Context, in noInput) error {
	if in.invalid != nil {
		return w.invalidUpdate(in.invalid)
	}
	return w.only(PhaseAwaiting, PhaseCanceling)
}

// pollNow reads the operation beside the wait's poll. Its error is that of the read,
// which does not end the wait.
func (w *wait) pollNow(ctx workflow.Context, _ noInput) (WaitStatus, error) {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	reading := workflow.ExecuteActivity(w.readContext(ctx), activities.GetOperationName, activities.OperationInput{
		Ref: w.in.Ref, Deadline: workflow.Now(ctx).UTC().Add(readTimeout),
	})
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return reading.IsReady() || w.phase == PhaseEnded }) // one of them happens
	if w.phase == PhaseEnded {
		return w.answer(), nil // the wait's end tells more than the read
	}
	var op lro.Operation
	err := get(ctx, reading, &op)
	if err == nil {
		err = stray(activities.ValidateRead(w.in.Ref, op))
	}
	if err == nil {
		w.takeRead(ctx, op)
	} else if isStray(err) {
		failure := lostPoll(err)
		failure.Outcome = w.outcome
		err = activities.NewError(*failure)
	}
	w.renewIfSuggested(ctx)
	return w.answer(), err
}

// takeRead takes the operation that a poll now has read. A terminal one ends the poll
// under way, but not the sending of a cancel.
func (w *wait) takeRead(ctx workflow.Context, op lro.Operation) {
	switch {
	case op.Done && op.Truncated && w.phase == PhaseAwaiting: // a poll knows whether its response was dropped
		w.pollAfresh(ctx)
	case op.Done && op.Truncated:
	case op.Done:
		w.observed(op, 1)
		if w.phase == PhaseAwaiting || w.steering.cancelReported {
			w.steering.interrupt()
		}
	default:
		w.observed(op, 1)
		w.seen = true
		w.show(ctx)
		w.attributeState(ctx)
		w.memorize(ctx, op)
	}
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

// pollAfresh ends the poll under way, without waiting for its end, so that another one
// begins.
func (w *wait) pollAfresh(ctx workflow.Context) {
	w.steering.restart = true
	w.steering.interrupt()
	w.show(ctx)
}

func (w *wait) mayCancel(_ workflow.Context, in StopInput) error {
	if err := in.validate(); err != nil {
		return w.invalidUpdate(err)
	}
	if w.steering.cancelRequested || w.steering.abandon {
		return refusal("the wait for %s is being canceled", w.in.Ref)
	}
	return w.only(PhaseAwaiting)
}

func (w *wait) cancelNow(ctx workflow.Context, in StopInput) (WaitStatus, error) {
	w.steering.cancelRequested = true
	w.because(in.Reason)
	w.steering.interrupt()
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return w.steering.cancelReported || w.phase == PhaseEnded }) // one of them happens
	return w.answer(), nil
}

func (w *wait) mayAbandon(_ workflow.Context, in StopInput) error {
	if err := in.validate(); err != nil {
		return w.invalidUpdate(err)
	}
	if w.steering.abandon {
		return refusal("the wait for %s is being abandoned", w.in.Ref)
	}
	return w.only(PhaseAwaiting, PhaseCanceling)
}

func (w *wait) abandon(_ workflow.Context, in StopInput) (WaitStatus, error) {
	w.steering.abandon = true
	w.because(in.Reason)
	w.steering.interrupt()
	return w.answer(), nil
}

// because adds a reason to the outcome's.
func (w *wait) because(reason string) {
	reason = oneLine(reason)
	switch {
	case reason == "":
	case w.outcome.CancelReason == "":
		w.outcome.CancelReason = reason
	default:
		w.outcome.CancelReason += "; " + reason
	}
}

// oneLine is a caller's text without control characters: terminals and the Web UI show it.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, text)
}
