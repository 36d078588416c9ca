package workflows

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// DefaultUndoWindow is for how long an undo is tried where
// [SagaOptions.UndoWindow] is 0.
const DefaultUndoWindow = 2 * time.Hour

// SagaOptions configures [NewSaga]. The zero value is the default. With invalid
// options the first step is refused, with an lro.TypeInvalidInput failure.
type SagaOptions struct {
	// Parallel undoes steps side by side rather than in reverse order. For steps
	// that do not depend on each other.
	Parallel bool
	// Window is how many steps Parallel undoes at the same time. Default
	// [DefaultWindow], at most [MaxWindow].
	Window int
	// UndoWindow is for how long each undo is tried, whatever it consists of: time for
	// somebody to mend what stands in its way, such as a permission. What has not
	// ended 30 s later is canceled. Default 2 h.
	UndoWindow time.Duration
	// RetryPolicy is how often meanwhile. Default: after 1 s, then twice as long
	// each time, 1 min at most, without a limit on attempts.
	RetryPolicy *temporal.RetryPolicy
}

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
// What Temporal ends without running workflow code is not undone: a terminated
// workflow, one whose execution or run timeout passes, and one that panics under
// the worker's policy FailWorkflow. A workflow that continues as new undoes
// nothing: what was made is the next run's.
type Saga struct {
	ctx     workflow.Context
	options SagaOptions
	invalid error // what is wrong with the options
	closed  bool
	steps   []undoable
	names   map[string]*stepRun
	alarm   alarm // of the undo
}

// undoable is what a saga can undo.
type undoable interface {
	// resource names what is left if the undo fails.
	resource() string
	undo(ctx workflow.Context, saga *Saga) error
	// exists reports whether there is, or may be, something to undo.
	exists() bool
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
	s.options = options
	return s
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (o SagaOptions) validate() error {
	if err := lro.ValidateDuration("saga.undoWindow", o.UndoWindow, "the default"); err != nil {
		return err
	}
	if err := validateWindow("saga.window", o.Window); err != nil {
		return err
	}
	r := o.RetryPolicy
	if r == nil {
		return nil
	}
	for _, f := range []durationField{
		{"saga.retryPolicy.initialInterval", &r.InitialInterval}, {"saga.retryPolicy.maximumInterval", &r.MaximumInterval},
	} {
		if err := lro.ValidateDuration(f.name, *f.at, "Temporal's default"); err != nil {
			return err
		}
	}
	switch {
	case r.BackoffCoefficient != 0 && !(r.BackoffCoefficient >= 1 && r.BackoffCoefficient <= 100):
		return &lro.InvalidError{Field: "saga.retryPolicy.backoffCoefficient", Value: fmt.Sprint(r.BackoffCoefficient), Want: "0 (Temporal's default) or a number from 1 to 100"}
	case r.MaximumInterval != 0 && r.MaximumInterval < r.InitialInterval:
		return &lro.InvalidError{Field: "saga.retryPolicy.maximumInterval", Value: r.MaximumInterval.String(), Want: "at least saga.retryPolicy.initialInterval, which is " + r.InitialInterval.String()}
	case r.MaximumAttempts < 0:
		return &lro.InvalidError{Field: "saga.retryPolicy.maximumAttempts", Value: fmt.Sprint(r.MaximumAttempts), Want: "0 (no limit) or more"}
	}
	return nil
}

// Add adds a compensation of the caller's own for what resource names, in its
// place among the steps. Add it before the thing is made, if undoing what is not
// there is harmless: then nothing can come between. Its context is canceled only when
// the saga's window for it is over; its activity options have the saga's retry policy,
// and two minutes for an attempt. A
// compensation that starts an operation should await it, with [Run]. It panics
// if undo is nil.
func (s *Saga) Add(resource string, undo func(ctx workflow.Context) error) {
	if undo == nil {
		panic("workflows: Saga.Add: undo is nil")
	}
	s.steps = append(s.steps, compensation{name: resource, run: undo})
}

type compensation struct {
	name string
	run  func(workflow.Context) error
}

func (c compensation) resource() string { return c.name }

func (c compensation) undo(ctx workflow.Context, saga *Saga) error {
	return c.run(saga.activityContext(ctx, ""))
}

func (c compensation) exists() bool { return true }

// enter adds a step that is about to start. A nil saga undoes nothing.
func (s *Saga) enter(r *stepRun) error {
	if s == nil {
		return nil
	}
	err := s.invalid
	switch before := s.names[r.step.Name]; {
	case err != nil:
	case s.closed:
		err = &lro.InvalidError{Field: "saga", Value: r.step.Name, Want: "a saga that is not closed"}
	case before != nil && before.exists():
		return r.nameTaken()
	}
	if err != nil {
		return r.invalid(err)
	}
	s.names[r.step.Name] = r
	s.steps = append(s.steps, r)
	return nil
}

// Close undoes all steps if *err is not nil or the saga's context was canceled,
// and waits until each is undone or its window is over. Defer it.
//
// If all is undone *err stays, and is the cancel where it was nil. Otherwise it
// becomes one lro.TypeCompensationFailed, which names each resource that could
// not be undone and has the first error as data; the same is shown as the
// workflow's current details in the Web UI. It never has a CanceledError in its
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
	if len(failed) == 0 {
		*err = cause
		return
	}
	*err = s.report(ctx, cause, failed)
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

// undo undoes a step, within one window for all that takes.
func (s *Saga) undo(ctx workflow.Context, step undoable) error {
	return s.inWindow(ctx, func(ctx workflow.Context) error { return step.undo(ctx, s) })
}

// inWindow calls do, whose activities are tried until its undoDeadline. What has not
// ended soon after that is canceled.
func (s *Saga) inWindow(ctx workflow.Context, do func(workflow.Context) error) error {
	deadline := workflow.Now(ctx).UTC().Add(s.options.UndoWindow)
	ctx = workflow.WithValue(ctx, undoDeadlineKey{}, deadline)
	ctx, b := s.alarm.bound(ctx, deadline.Add(deadlineSlack))
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
		return s.options.Window
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
