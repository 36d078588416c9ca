package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// AwaitOperationName is the registered name of the workflow [AwaitOperation].
const AwaitOperationName = "awaitop.AwaitOperation"

// AwaitOperation is the workflow form of [Await], for clients, child workflows
// and other SDKs. A plain run has 11 history events. It answers [StatusQuery] and
// takes updates, such as [CancelUpdate]. Input and result are
// pointers to spare the stack, of which a worker has one for each of thousands
// of waits; neither is nil.
func AwaitOperation(ctx workflow.Context, in *AwaitInput) (*lro.Outcome, error) {
	w, err := beginSteerable(ctx, in)
	if err == nil {
		err = w.run(ctx)
	}
	w.settle(ctx)
	return &w.outcome, err
}

// beginSteerable begins an AwaitOperation. It is kept off the stack that blocks: of
// 4 KiB in use the runtime keeps 16, of less 8.
//
//go:noinline
func beginSteerable(ctx workflow.Context, in *AwaitInput) (*wait, error) {
	if in == nil { // the payload was null
		in = &AwaitInput{}
	}
	w, invalid := begin(atFirstTask(ctx), in)
	if err := w.steerable(ctx); err != nil {
		return w, err
	}
	if invalid == nil {
		w.in.attribute(ctx, w.in.Ref.String())
	}
	return w, invalid
}

// Await awaits an operation in the caller's workflow: no child, one activity,
// whatever its duration. Activity options on ctx are not read.
//
// It returns a terminal Outcome and nil if the operation succeeded, even if ctx
// was canceled meanwhile: then it succeeded in spite of the cancel. Otherwise
// the error is one of
//
//   - a temporal.ApplicationError of package lro's failure types, read with
//     lro.AsFailure; the Outcome is in it and is returned as well;
//   - a temporal.CanceledError if ctx was canceled and the operation ended
//     canceled, or was left running, which lro.OutcomeOf(err) tells apart.
func Await(ctx workflow.Context, ref lro.Ref, options AwaitOptions) (lro.Outcome, error) {
	w, err := begin(ctx, &AwaitInput{Ref: ref, AwaitOptions: options})
	if err == nil {
		defer w.in.attribute(ctx, ref.String())()
		err = w.run(ctx)
	}
	return w.outcome, err
}

// begin returns the wait for a valid input, and one that is over for another.
func begin(ctx workflow.Context, in *AwaitInput) (*wait, error) {
	err := in.validate()
	if err == nil {
		err = in.Resume.validate(workflow.Now(ctx))
	}
	if err != nil {
		return &wait{phase: PhaseEnded, in: AwaitInput{Ref: in.Ref}, outcome: lro.Outcome{Ref: in.Ref}}, activities.NewError(lro.Invalid(in.Ref, err))
	}
	return newWait(ctx, *in), nil
}

// wait is one await in a workflow.
type wait struct {
	in      AwaitInput
	outcome lro.Outcome
	insist  bool // whether a cancel that is refused is sent again, for an undo
	// initialInterval is the caller's, 0 where it is left to the operation's
	// method.
	initialInterval time.Duration
	phase           WaitPhase
	seen            bool      // whether the service has shown the operation
	shown           bool      // whether the outcome's operation is a read's, not the input's
	strays          int8      // polls in a row whose result said nothing
	limits          *limits   // nil if nothing ends the workflow
	steering        *steering // nil for a wait that takes no updates
}

func newWait(ctx workflow.Context, in AwaitInput) *wait {
	w := &wait{outcome: lro.Outcome{Ref: in.Ref, StartTime: workflow.Now(ctx).UTC()}, initialInterval: in.Policy.InitialInterval, phase: PhaseAwaiting}
	if r := in.Resume; r != nil {
		w.outcome.StartTime, w.outcome.Polls, w.seen = r.StartTime, r.Polls, r.Seen
	}
	in.AwaitOptions = in.withDefaults()
	w.in, w.limits = in, limitsOf(ctx, in.EndMargin)
	w.outcome.Operation.Name = in.Ref.Name
	return w
}

// run is where a wait blocks, and so are those it calls until the poll. What is
// large is kept off their stacks: a worker has thousands of them.
func (w *wait) run(ctx workflow.Context) error {
	if done, err := w.given(ctx); done {
		return err
	}
	w.enter(ctx, PhaseAwaiting)
	if w.steering.begun() { // by an update that came with the first workflow task
		return w.canceled(ctx)
	}
	poll := w.pollUntil(ctx, w.pollInput(ctx))
	return w.polled(ctx, poll)
}

// given ends the wait if its operation was given done.
func (w *wait) given(ctx workflow.Context) (done bool, err error) {
	if w.in.Operation == nil {
		return false, nil
	}
	if w.in.Operation.Done {
		w.outcome.Operation = *w.in.Operation
		return true, w.finish(ctx, false)
	}
	w.outcome.Operation, _ = w.in.Operation.Bound()
	return false, nil
}

// polled ends the wait by what its poll found.
func (w *wait) polled(ctx workflow.Context, poll *pollResult) error {
	switch {
	case poll.terminal():
		// It may have come together with a cancel: a result outranks it.
		return w.finish(ctx, poll.output.ResponseTooLarge)
	case ctx.Err() != nil || w.steering.stops():
		return w.canceled(ctx)
	case poll.renew:
		return w.renewed(ctx)
	case poll.failure != nil:
		return w.fail(ctx, *poll.failure)
	default:
		return w.expired(ctx, poll.output.LastError)
	}
}

// finish ends the wait with the terminal operation, whose response was dropped before
// because it was too large, or does not fit now: it was given by hand.
func (w *wait) finish(ctx workflow.Context, dropped bool) error {
	w.phase = PhaseEnded
	op, fits := w.outcome.Operation.Bound()
	w.outcome.Operation = op
	if (dropped || !fits) && op.State() == lro.StateSucceeded {
		// Its record stays: it is the only place left to read the result from.
		return w.fail(ctx, lro.Failure{Type: lro.TypeResultTooLarge})
	}
	w.deleteWhenDone(ctx)
	switch {
	case op.State() == lro.StateSucceeded:
		w.end(ctx, "")
		return nil
	case op.State() == lro.StateCanceled && w.outcome.Cancellation != "":
		w.end(ctx, "")
		return temporal.NewCanceledError(w.outcome)
	default:
		return w.fail(ctx, lro.Failure{Type: lro.TypeOperationFailed})
	}
}

// expired ends a wait whose deadline came, and whose last read failed with lastError
// if it did.
func (w *wait) expired(ctx workflow.Context, lastError *lro.Status) error {
	if w.in.DeadlinePolicy == CancelOnDeadline {
		// What became of it is in the Outcome; a deadline is a timeout whatever
		// that is.
		free, done := w.limits.bound(ctx)
		w.cancelAndPoll(free)
		done()
		if w.outcome.Operation.Done {
			w.deleteWhenDone(ctx)
		}
	}
	return w.fail(ctx, lro.Failure{Type: lro.TypeAwaitTimeout, PollError: lastError, Reason: w.limits.reason(w.asked())})
}

// fail returns f with the Outcome as an error.
func (w *wait) fail(ctx workflow.Context, f lro.Failure) error {
	w.end(ctx, reasonOf(f.Type))
	f.Outcome = w.outcome
	return activities.NewError(f)
}

// end completes the outcome: that of the operation, or of a wait that ended for
// another reason.
func (w *wait) end(ctx workflow.Context, reason string) {
	w.outcome = w.outcome.Bound()
	w.outcome.EndTime = workflow.Now(ctx).UTC()
	w.enter(ctx, PhaseEnded)
	w.measure(ctx, reason)
}
