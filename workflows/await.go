package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// AwaitOperationName is the registered name of the workflow [AwaitOperation].
const AwaitOperationName = "awaitop.AwaitOperation"

// StatusQuery is the query an AwaitOperation workflow answers with its
// [AwaitInput], defaults filled in: what it awaits, and how.
const StatusQuery = "awaitop.status"

// AwaitOperation is the workflow form of [Await], for clients, child workflows
// and other SDKs. A plain run has 11 history events. Input and result are
// pointers to spare the stack, of which a worker has one for each of thousands
// of waits; neither is nil.
func AwaitOperation(ctx workflow.Context, in *AwaitInput) (*lro.Outcome, error) {
	if in == nil { // the payload was null
		in = &AwaitInput{}
	}
	err := workflow.SetQueryHandler(ctx, StatusQuery, func() (AwaitInput, error) {
		return AwaitInput{Ref: in.Ref, AwaitOptions: in.withDefaults()}, nil
	})
	if err != nil {
		return &lro.Outcome{}, err
	}
	w, err := begin(ctx, in)
	if err == nil {
		err = w.run(ctx)
	}
	return &w.outcome, err
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
		err = w.run(ctx)
	}
	return w.outcome, err
}

// begin returns the wait for a valid input, and one that is over for another.
func begin(ctx workflow.Context, in *AwaitInput) (*wait, error) {
	if err := in.validate(); err != nil {
		return &wait{outcome: lro.Outcome{Ref: in.Ref}}, lro.Invalid(in.Ref, err).Err()
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
}

func newWait(ctx workflow.Context, in AwaitInput) *wait {
	w := &wait{outcome: lro.Outcome{Ref: in.Ref, StartTime: workflow.Now(ctx).UTC()}, initialInterval: in.Policy.InitialInterval}
	in.AwaitOptions = in.withDefaults()
	w.in = in
	w.outcome.Operation.Name = in.Ref.Name
	return w
}

// run is where a wait blocks, and so are those it calls until the poll. What is
// large is kept off their stacks: a worker has thousands of them.
func (w *wait) run(ctx workflow.Context) error {
	if done, err := w.given(ctx); done {
		return err
	}
	poll := w.pollUntil(ctx, w.pollInput())
	return w.polled(ctx, poll)
}

// given ends the wait if its operation was given done.
func (w *wait) given(ctx workflow.Context) (done bool, err error) {
	if w.in.Operation == nil {
		return false, nil
	}
	bounded, fits := w.in.Operation.Bound()
	w.outcome.Operation = bounded
	if !bounded.Done {
		return false, nil
	}
	return true, w.finish(ctx, !fits)
}

// polled ends the wait by what its poll found.
func (w *wait) polled(ctx workflow.Context, poll *pollResult) error {
	switch {
	case poll.terminal():
		// It may have come together with a cancel: a result outranks it.
		return w.finish(ctx, poll.output.ResponseTooLarge)
	case ctx.Err() != nil:
		return w.canceled(ctx)
	case poll.failure != nil:
		return w.fail(ctx, *poll.failure)
	default:
		return w.expired(ctx)
	}
}

// finish ends the wait with the terminal operation.
func (w *wait) finish(ctx workflow.Context, tooLarge bool) error {
	op := w.outcome.Operation
	if tooLarge && op.State() == lro.StateSucceeded {
		// Its record stays: it is the only place left to read the result from.
		return w.fail(ctx, lro.Failure{Type: lro.TypeResultTooLarge})
	}
	w.deleteWhenDone(ctx)
	w.end(ctx)
	switch {
	case op.State() == lro.StateSucceeded:
		return nil
	case op.State() == lro.StateCanceled && w.outcome.Cancellation != "":
		return temporal.NewCanceledError(w.outcome)
	default:
		return w.fail(ctx, lro.Failure{Type: lro.TypeOperationFailed})
	}
}

// expired ends a wait whose deadline came.
func (w *wait) expired(ctx workflow.Context) error {
	if w.in.DeadlinePolicy == CancelOnDeadline {
		// What became of it is in the Outcome; a deadline is a timeout whatever
		// that is.
		w.cancelAndPoll(ctx)
		if w.outcome.Operation.Done {
			w.deleteWhenDone(ctx)
		}
	}
	return w.fail(ctx, lro.Failure{Type: lro.TypeAwaitTimeout})
}

// fail returns f with the Outcome as an error.
func (w *wait) fail(ctx workflow.Context, f lro.Failure) error {
	w.end(ctx)
	f.Outcome = w.outcome
	return f.Err()
}

// end completes the outcome.
func (w *wait) end(ctx workflow.Context) {
	w.outcome = w.outcome.Bound()
	w.outcome.EndTime = workflow.Now(ctx).UTC()
}
