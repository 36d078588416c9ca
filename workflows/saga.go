package workflows

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// Saga undoes the steps of a workflow that fails or is canceled, see [WithSaga]. It is for
// the coroutines of one workflow.
//
// An undo knows the step's operation. It cancels and awaits an operation in flight,
// whatever its CancelPolicy. Then it deletes the resource, if that is the workflow's own.
//
// A Temporal server terminates a workflow whose history grows too long, and no undo runs.
// So a saga refuses a step that it may then not have room to undo:
// [SagaOptions].MaxHistoryLength.
//
// A step of a workflow with an execution or run timeout ends [SagaOptions.EndMargin]
// before it, and no step starts from then on, so that there is time for the undo. Your
// own activities and timers do not know of it: bound them likewise.
//
// If Temporal ends a workflow without running its code, nothing is undone: a terminated
// workflow, one whose execution or run timeout passes all the same, and one that panics
// under the worker's policy FailWorkflow. A workflow that continues as new undoes
// nothing, because the next run goes on with the resources.
type Saga struct {
	ctx     workflow.Context
	options SagaOptions
	closed  bool
	steps   []undoable
	names   map[string]*stepRun
	running int // steps under way
	bounds  historyBounds
	full    error // why a compensation was refused; nil before the first
	undoing int   // undos under way
	alarm   alarm // of the undo
	notes   undoNotes
	board   *undoBoard
	limits  *limits // nil if no timeout ends the workflow
}

// WithSaga calls do with a saga, and undoes the saga's steps if do returns an error or ctx
// was canceled:
//
//	var instance spanner.Instance
//	err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
//		instance, err = workflows.Run(ctx, saga, spanner.CreateInstance(...))
//		...
//	})
//
// Results of do are variables outside of it. WithSaga returns once each step is undone or
// its window is over. A step that do has left running in another coroutine ends first; if
// something is to be undone, it is canceled.
//
// If everything is undone, WithSaga returns the error of do, or the cancel if do returned
// nil. If that error is an lro.TypeAwaitTimeout of a step, its Cancellation says what became of
// the operation that the undo then canceled. Otherwise it returns one lro.TypeCompensationFailed. The failure names each resource
// that could not be undone, and has the first error as data; the Web UI shows the same as
// the workflow's current details. It does not name a resource that went with another one, in
// which it stood and which an undo has deleted. It also names the resources that sagas inside have left,
// in child workflows too: those in the error of do and those in the errors of undos. Its
// chain never has a CanceledError, because the workflow would close as canceled and lose
// the failure.
//
// If a step, or the error of do, says that an operation could not be read
// (lro.TypePollFailed, lro.TypeProtocolError), the saga first reads the operation again,
// for the window. As long as it cannot be read, nothing is undone. If the error of do said
// nothing else, and the operation runs or has succeeded, nothing is undone either: a poll
// that failed is no failure of the operation. Nor is the failed read of a step's target, after
// an operation that has succeeded without a response. WithSaga names the resources all the same.
//
// A panic undoes nothing and goes on, with its own message: the worker's panic policy
// says what becomes of the workflow. To undo after a panic, recover in do, and return an
// error.
//
// Options that are invalid are refused with an lro.TypeInvalidInput failure, and do is not
// called.
func WithSaga(ctx workflow.Context, options SagaOptions, do func(ctx workflow.Context, saga *Saga) error) error {
	if err := options.validate(); err != nil {
		return activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	saga := newSaga(ctx, options)
	inner, cancel := workflow.WithCancel(ctx)
	return saga.close(do(inner, saga), cancel)
}

func newSaga(ctx workflow.Context, options SagaOptions) *Saga {
	options.UndoWindow = cmp.Or(options.UndoWindow, DefaultUndoWindow)
	if options.RetryPolicy == nil {
		options.RetryPolicy = unlimitedRetries()
		options.RetryPolicy.BackoffCoefficient, options.RetryPolicy.MaximumInterval = 2, time.Minute
	}
	board := undoBoardOf(ctx)
	return &Saga{
		ctx: ctx, options: options, names: map[string]*stepRun{}, board: board, notes: undoNotes{details: &board.details},
		bounds: historyBoundsOf(options.MaxHistoryLength), limits: limitsOf(ctx, options.EndMargin),
	}
}

// sharedIn returns the options that a step of the saga has if it sets none. Without a saga
// they are those of the saga whose undo ctx belongs to, if it does.
func (s *Saga) sharedIn(ctx workflow.Context) StepOptions {
	if s == nil {
		shared, _ := ctx.Value(sharedKey{}).(StepOptions)
		return shared
	}
	return s.options.Steps.or(StepOptions{Await: AwaitOptions{EndMargin: s.options.EndMargin}})
}

// sharedKey is the key of the saga's shared options in the context of an undo.
type sharedKey struct{}

// startWindow returns how many steps of a [RunAll] start at the same time, 0 for the
// default.
func (s *Saga) startWindow() int {
	if s == nil {
		return 0
	}
	return s.options.Window
}

// close ends a saga whose function has returned err. cancel cancels the context of that
// function, for steps that it has left running.
func (s *Saga) close(err error, cancel workflow.CancelFunc) error {
	s.closed = true
	if s.cause(err) != nil {
		cancel()
	}
	ctx, _ := workflow.NewDisconnectedContext(s.ctx)
	_ = workflow.Await(ctx, func() bool { return s.running == 0 })
	cause := s.cause(err)
	if cause == nil {
		s.keepNames()
		return err
	}
	failed := s.undoAll(ctx, cause)
	s.alarm.stop()
	inner := compensationsIn(cause)
	if len(failed) == 0 && len(inner) == 0 {
		s.notes.conclude(ctx, nil, nil)
		return s.afterUndo(cause)
	}
	all := leftOf(failed, inner)
	s.notes.conclude(ctx, failed, &all)
	return compensationFailed(cause, all)
}

// cause returns why the steps are to be undone: the error of the saga's function, or the
// cancel of the saga's context. It returns nil if they are not.
func (s *Saga) cause(err error) error {
	switch {
	case workflow.IsContinueAsNewError(err):
		return nil
	case err == nil:
		return s.ctx.Err()
	default:
		return err
	}
}

func (s *Saga) undoAll(ctx workflow.Context, cause error) []undone {
	defer s.attribute(ctx)()
	s.tellApart()
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
	_ = parallel(ctx, s.undoWindow(), false, undos)
	var failed []undone
	for i, err := range errs {
		if err != nil && !s.wentWithAnother(i, errs) {
			failed = append(failed, undone{s.steps[i].resource(), err})
		}
	}
	return failed
}

// undo undoes a step within one window. It leaves a step for which the history has no room,
// because the server would terminate the workflow, and nothing would be named.
func (s *Saga) undo(ctx workflow.Context, step undoable) error {
	if step.toCome() == 0 {
		return nil
	}
	s.undoing++
	defer func() { s.undoing-- }()
	if err := s.bounds.undo.check(historyOf(ctx), s.undoing, s.undoing*undoBytes); err != nil {
		return err
	}
	return s.inWindow(ctx, s.windowOf(step), step, func(ctx workflow.Context) error {
		err := step.undo(ctx, s)
		if err == nil {
			s.notes.undid(step.resource(), step.undone())
		} else {
			s.notes.failedTo(step.resource(), err)
		}
		return err
	})
}

// windowOf returns for how long the undo of a step is tried: the window, less the time it
// took to read the operation again, and 10% of the window at least.
func (s *Saga) windowOf(step undoable) time.Duration {
	window := s.options.UndoWindow
	if r, ok := step.(*stepRun); ok {
		return max(window-r.readFor, window/10)
	}
	return window
}

// inWindow calls do, whose activities are tried until the undoDeadline of its context, and
// record that they undo the step. If do has not returned soon after that, its context is
// canceled.
func (s *Saga) inWindow(ctx workflow.Context, window time.Duration, step undoable, do func(workflow.Context) error) error {
	now := workflow.Now(ctx).UTC()
	deadline := s.limits.cutGrace(now.Add(window))
	if !now.Before(deadline) {
		return errors.New("no time is left: " + s.limits.reason(time.Time{}))
	}
	record := undos.New(step.title(), step.resource(), now, deadline)
	defer s.board.begin(record)()
	defer s.notes.begin(ctx, record)()
	ctx = workflow.WithValue(ctx, undoRecordKey{}, record)
	ctx, b := s.alarm.bound(ctx, s.limits.cutLast(deadline.Add(deadlineSlack)))
	defer b.close()
	return b.explain(do(ctx))
}

// undoRecordKey is the key of the undoRecord in the context of an undo.
type undoRecordKey struct{}

// undoRecord returns what an undo's activities record, nil outside of an undo.
func undoRecord(ctx workflow.Context) *undos.Record {
	record, _ := ctx.Value(undoRecordKey{}).(*undos.Record)
	return record
}

// undoDeadline returns when the window of an undo is over, zero outside of an undo.
func undoDeadline(ctx workflow.Context) time.Time {
	if record := undoRecord(ctx); record != nil {
		return record.Deadline
	}
	return time.Time{}
}

// undoWindow returns how many undos run at the same time.
func (s *Saga) undoWindow() int {
	if s.options.Parallel {
		return windowFor(s.options.Window, largestCommand(s.steps))
	}
	return 1
}

// willDelete reports whether the undo of another step deletes the step's target.
func (s *Saga) willDelete(r *stepRun) bool {
	return slices.ContainsFunc(s.steps, func(step undoable) bool {
		other, ok := step.(*stepRun)
		return ok && other != r && other.deletes(r)
	})
}

// undoContext returns ctx for an undo of the caller's own: with the options of its
// activities, and of the steps that it runs.
func (s *Saga) undoContext(ctx workflow.Context) workflow.Context {
	return workflow.WithValue(s.activityContext(ctx, ""), sharedKey{}, s.sharedIn(ctx))
}

// activityContext returns ctx with the options of an undo's activities.
func (s *Saga) activityContext(ctx workflow.Context, taskQueue string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           cmp.Or(taskQueue, workflow.GetInfo(ctx).TaskQueueName),
		StartToCloseTimeout: controlStartToClose,
		RetryPolicy:         s.options.RetryPolicy,
	})
}
