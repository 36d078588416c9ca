package workflows

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"
)

// Saga undoes the steps of a workflow that fails or is canceled:
//
//	func Provision(ctx workflow.Context) (err error) {
//		saga := workflows.NewSaga(ctx, workflows.SagaOptions{})
//		defer saga.Close(&err)
//		instance, err := workflows.Run[Instance](ctx, saga, ...)
//		...
//	}
//
// An undo knows the step's operation: one in flight is canceled and awaited,
// whatever its CancelPolicy, and what exists then is deleted. It leaves alone what
// is not the workflow's own. A Saga is for the coroutines of one workflow.
//
// A Temporal server terminates a workflow whose history grows too long, and no undo runs.
// So a saga refuses a step that it may then not have room to undo:
// [SagaOptions].MaxHistoryLength.
//
// A step of a workflow with an execution or run timeout ends [SagaOptions.EndMargin]
// before it, and no step starts from then on, so that there is time for the undo. Your
// own activities and timers do not know of it: bound them likewise.
//
// What Temporal ends without running workflow code is not undone: a terminated
// workflow, one whose execution or run timeout passes all the same, and one that panics
// under the worker's policy FailWorkflow. A workflow that continues as new undoes
// nothing: what was made is the next run's.
type Saga struct {
	ctx     workflow.Context
	options SagaOptions
	invalid error // what is wrong with the options
	closed  bool
	steps   []undoable
	names   map[string]*stepRun
	bounds  historyBounds
	full    error   // why a compensation was refused, once one was
	undoing int     // how many undos are under way
	alarm   alarm   // of the undo
	limits  *limits // nil if nothing ends the workflow
}

// NewSaga returns a saga without steps. Give it the workflow's own context: once
// that is canceled, Close undoes everything. The undo runs on a context made of
// ctx that is not canceled with it.
func NewSaga(ctx workflow.Context, options SagaOptions) *Saga {
	s := &Saga{ctx: ctx, invalid: options.validate(), names: map[string]*stepRun{}}
	if s.invalid != nil {
		options = SagaOptions{Parallel: options.Parallel} // for what is added all the same
	}
	options.UndoWindow = cmp.Or(options.UndoWindow, DefaultUndoWindow)
	if options.RetryPolicy == nil {
		options.RetryPolicy = unlimitedRetries()
		options.RetryPolicy.BackoffCoefficient, options.RetryPolicy.MaximumInterval = 2, time.Minute
	}
	s.options, s.limits = options, limitsOf(ctx, options.EndMargin)
	s.bounds = historyBoundsOf(options.MaxHistoryLength)
	return s
}

// endMargin is the steps' where they have none of their own.
func (s *Saga) endMargin() time.Duration {
	if s == nil {
		return 0
	}
	return s.options.EndMargin
}

// Close undoes all steps if *err is not nil or the saga's context was canceled,
// and waits until each is undone or its window is over. Defer it.
//
// If all is undone *err stays, and is the cancel where it was nil. Otherwise it
// becomes one lro.TypeCompensationFailed, which names each resource that could
// not be undone and has the first error as data; the same is shown as the
// workflow's current details in the Web UI. It names what sagas inside have left as
// well, in child workflows too: of the CompensationFailed in *err, and in the errors of
// undos. It never has a CanceledError in its
// chain: the workflow would close as canceled, and lose it.
//
// Where a state could not be read (lro.TypePollFailed, lro.TypeProtocolError),
// in a step or as the error, that operation is read again first, for the window. As
// long as nobody knows, nothing is undone; nor is anything if that was the error, and
// the operation is found to run or to have succeeded: a poll that failed is no
// failure of the operation. What is left is named all the same.
//
// A panic undoes nothing and goes on, with its own message: the worker's panic policy
// says what becomes of the workflow. To undo after a panic, recover in a deferred
// function of its own, declared after the one that closes the saga. If the function
// that closes it recovers, Close panics with *err.
//
// A second Close does nothing.
func (s *Saga) Close(err *error) {
	if p := recover(); p != nil {
		panic(p) // it goes on
	}
	if s.closed || unwinds(*err) {
		return
	}
	s.closed = true
	cause := *err
	if cause == nil {
		cause = s.ctx.Err()
	}
	if cause == nil || workflow.IsContinueAsNewError(cause) {
		return
	}
	ctx, _ := workflow.NewDisconnectedContext(s.ctx)
	failed := s.undoAll(ctx, cause)
	s.alarm.stop()
	inner := compensationsIn(cause)
	if len(failed) == 0 && len(inner) == 0 {
		*err = cause
		return
	}
	*err = report(ctx, cause, leftOf(failed, inner))
}

// unwinds reports whether a Close in a closure may not block, for a panic or the end of
// the workflow's coroutine. It panics if the panic seems to be recovered, into err:
// nothing would be undone, and nothing would say so.
func unwinds(err error) bool {
	how := unwindingNow()
	if how == byPanic && err != nil {
		panic(fmt.Errorf("workflows: Saga.Close cannot undo while a panic unwinds: recover in a deferred function of its own, declared after the one that closes the saga: %w", err))
	}
	return how != notUnwinding
}

func (s *Saga) undoAll(ctx workflow.Context, cause error) []undone {
	if err := s.readAgain(ctx, cause); err != nil {
		return s.leaveAll(err)
	}
	errs := make([]error, len(s.steps))
	undos := make([]func(workflow.Context) error, 0, len(s.steps))
	for i, step := range slices.Backward(s.steps) {
		undos = append(undos, func(ctx workflow.Context) error {
			errs[i] = s.undo(ctx, step)
			return nil
		})
	}
	_ = parallel(ctx, s.window(), false, undos)
	var failed []undone
	for i, err := range errs {
		if err != nil && !s.wentWithAnother(i, errs) {
			failed = append(failed, undone{s.steps[i].resource(), err})
		}
	}
	return failed
}

// undo undoes a step, within one window for all that takes. It leaves one for which the
// history has no room: the server would terminate the workflow, and nothing would be
// named.
func (s *Saga) undo(ctx workflow.Context, step undoable) error {
	if step.toCome() == 0 {
		return nil
	}
	s.undoing++
	defer func() { s.undoing-- }()
	if err := s.bounds.undo.check(historyOf(ctx), s.undoing, s.undoing*undoBytes); err != nil {
		return err
	}
	return s.inWindow(ctx, s.windowOf(step), func(ctx workflow.Context) error { return step.undo(ctx, s) })
}

// windowOf is for how long the undo of a step is tried: for the window, of which reading
// its operation again has taken its part, and for a tenth of it at least.
func (s *Saga) windowOf(step undoable) time.Duration {
	window := s.options.UndoWindow
	if r, ok := step.(*stepRun); ok {
		return max(window-r.readFor, window/10)
	}
	return window
}

// inWindow calls do, whose activities are tried until its undoDeadline. What has not
// ended soon after that is canceled.
func (s *Saga) inWindow(ctx workflow.Context, window time.Duration, do func(workflow.Context) error) error {
	now := workflow.Now(ctx).UTC()
	deadline := s.limits.cutGrace(now.Add(window))
	if !now.Before(deadline) {
		return errors.New("no time is left: " + s.limits.reason(time.Time{}))
	}
	ctx = workflow.WithValue(ctx, undoDeadlineKey{}, deadline)
	ctx, b := s.alarm.bound(ctx, s.limits.cutLast(deadline.Add(deadlineSlack)))
	defer b.close()
	return b.explain(do(ctx))
}

// undoDeadlineKey is the key of the time, in the context of an undo, when its window
// is over.
type undoDeadlineKey struct{}

// undoDeadline is until when an undo is tried.
func undoDeadline(ctx workflow.Context) time.Time {
	deadline, _ := ctx.Value(undoDeadlineKey{}).(time.Time)
	return deadline
}

// window is how many undos run at the same time.
func (s *Saga) window() int {
	if s.options.Parallel {
		return windowFor(s.options.Window, largestCommand(s.steps))
	}
	return 1
}

// wentWithAnother reports whether a step that itself can only be stopped was
// about something that another step's undo has deleted.
func (s *Saga) wentWithAnother(at int, errs []error) bool {
	r, ok := s.steps[at].(*stepRun)
	if !ok || !r.onlyStops() {
		return false
	}
	for i, step := range s.steps {
		if other, ok := step.(*stepRun); ok && errs[i] == nil && other.deletes(r.step.Target) {
			return true
		}
	}
	return false
}

// willDelete reports whether the undo of a step deletes the target.
func (s *Saga) willDelete(target string) bool {
	return slices.ContainsFunc(s.steps, func(step undoable) bool {
		r, ok := step.(*stepRun)
		return ok && r.deletes(target)
	})
}

// activityContext has the options of an undo's activities.
func (s *Saga) activityContext(ctx workflow.Context, taskQueue string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           cmp.Or(taskQueue, workflow.GetInfo(ctx).TaskQueueName),
		StartToCloseTimeout: controlStartToClose,
		RetryPolicy:         s.options.RetryPolicy,
	})
}
