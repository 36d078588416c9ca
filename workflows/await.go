package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// AwaitOperation is the workflow form of [Await], for clients, child workflows and other
// SDKs. A plain run has 11 history events. It answers [StatusQuery] and takes updates,
// such as [CancelUpdate]. Neither input nor result is nil: they are pointers to keep the
// stack small, because a worker has a stack for each of thousands of waits. second is nil: a
// second argument is refused.
func AwaitOperation(ctx workflow.Context, in *AwaitInput, second *extra) (*lro.Outcome, error) {
	w, err := newSteerable(ctx, second.into(in))
	if err == nil {
		err = w.close(ctx, w.runToEnd(ctx))
	}
	w.settle(ctx)
	return &w.outcome, err
}

// newSteerable returns the wait of an AwaitOperation. Its frame is kept off the stack
// that blocks: the runtime keeps 16 KiB for a stack that uses 4 KiB, and 8 KiB for one
// that uses less.
//
//go:noinline
func newSteerable(ctx workflow.Context, in *AwaitInput) (*wait, error) {
	w, invalid := newValidWait(atFirstTask(ctx), in)
	if err := w.steerable(ctx); err != nil {
		return w, err
	}
	if invalid == nil {
		w.in.attribute(ctx, w.in.Ref.String())
	}
	if invalid == nil && !w.outcome.Operation.Done {
		w.enter(ctx, PhaseAwaiting)
	}
	return w, invalid
}

// Await awaits an operation in the caller's workflow: no child, one activity,
// however long the operation takes. Activity options on ctx are not read.
//
// It returns a terminal Outcome and nil if the operation succeeded. That holds even if
// ctx was canceled meanwhile: then the operation succeeded in spite of the cancel.
// Otherwise the error is one of
//
//   - a temporal.ApplicationError of package lro's failure types, read with
//     lro.AsFailure; the Outcome is in it and is returned as well;
//   - a temporal.CanceledError if ctx was canceled and the operation ended
//     canceled, or was left running, which lro.OutcomeOf(err) tells apart.
func Await(ctx workflow.Context, ref lro.Ref, options AwaitOptions) (lro.Outcome, error) {
	return awaitStep(ctx, ref, options, "")
}

// awaitStep is Await for the operation of a step, whose name it shows.
func awaitStep(ctx workflow.Context, ref lro.Ref, options AwaitOptions, step string) (lro.Outcome, error) {
	w, err := newValidWait(ctx, &AwaitInput{Ref: ref, AwaitOptions: options, step: step})
	if err == nil {
		defer w.in.attribute(ctx, ref.String())()
		err = w.close(ctx, w.runToEnd(ctx))
	}
	return w.outcome, err
}

// newValidWait returns the wait for a valid input. For an invalid one it returns a wait
// that has ended, and why.
func newValidWait(ctx workflow.Context, in *AwaitInput) (*wait, error) {
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
	// initialInterval is the caller's, 0 where the operation's method decides.
	initialInterval time.Duration
	limits          *limits   // nil if no timeout ends the workflow
	steering        *steering // nil for a wait that takes no updates
	insist          bool      // an undo's wait: a cancel that is refused is sent again

	phase     WaitPhase
	poll      *activities.PollInput // of the poll under way, or the last one
	last      polled                // how the last poll ended
	strays    int8                  // polls in a row that were completed with no result of theirs
	seen      bool                  // the service has returned the operation
	read      bool                  // the outcome's operation was read, not passed in by the caller
	late      bool                  // the deadline is why the operation is canceled
	lastError *lro.Status           // why the last read before the deadline failed, nil if it did not
	cancel    cancelReport          // of the operation's cancel, once one was sent
}

func newWait(ctx workflow.Context, in AwaitInput) *wait {
	w := &wait{
		outcome:         lro.Outcome{Ref: in.Ref, StartTime: workflow.Now(ctx).UTC()},
		initialInterval: in.Policy.InitialInterval, phase: PhaseAwaiting,
	}
	if r := in.Resume; r != nil {
		w.outcome.StartTime, w.outcome.Polls, w.seen = r.StartTime, r.Polls, r.Seen
	}
	in.AwaitOptions = in.withDefaults()
	w.in, w.limits = in, limitsOf(ctx, in.EndMargin)
	w.outcome.Operation.Name = in.Ref.Name
	switch op := in.Operation; {
	case op == nil:
	case op.Done:
		w.outcome.Operation = *op
		w.last.dropped = op.Truncated && op.Name == "" && len(op.Response) == 0 // by a starter
	default:
		w.outcome.Operation, _ = op.Bound()
	}
	return w
}

// runToEnd does one action after another until an action ends the wait, and returns that action. It
// blocks, as do pollOnce and get, which it calls. A worker has thousands of blocked waits, so large
// variables are kept off the stacks of these methods.
func (w *wait) runToEnd(ctx workflow.Context) action {
	for {
		switch next := w.next(ctx); next {
		case doPoll, doPollChanged, doPollAfterStray, doPollAfterReport:
			w.prepare(ctx, next)
			w.pollOnce(ctx)
		case doCancel, doCancelLate:
			w.late = next == doCancelLate
			return w.cancelInTime(ctx)
		case doRenew:
			if w.mayRenew(ctx) {
				return doRenew
			}
		default:
			return next
		}
	}
}

// next decides what the wait does next.
//
//go:noinline
func (w *wait) next(ctx workflow.Context) action {
	s := situation{
		poll: w.last.end, done: w.outcome.Operation.Done,
		cancelSent: w.phase == PhaseCanceling, late: w.late, ctxDone: ctx.Err() != nil,
		historyFull:     w.renews(ctx),
		abandonOnCancel: w.in.CancelPolicy == Abandon, cancelOnDeadline: w.in.DeadlinePolicy == CancelOnDeadline,
	}
	if w.steering != nil {
		s.requests = w.steering.requests
	}
	return s.next()
}
