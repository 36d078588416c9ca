package workflows

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// Result is what a step brought about.
type Result[T any] struct {
	// Response is the operation's response, the zero T where it has none.
	Response T
	// Outcome is the operation and what awaiting it took.
	Outcome lro.Outcome
	// Adopted is true if the operation had been started before: by an attempt
	// whose reply was lost, or an earlier run of the workflow.
	Adopted bool
}

// Run starts a step's operation, awaits it, and decodes its response into a T,
// as lro.Decode does; struct{} for one that does not matter. If saga is not nil,
// the step is undone with it.
//
// The start survives: a lost reply, a worker's death, a retry or a reset of the
// workflow end with one operation, which is this workflow's. If ctx is canceled
// while it starts, the operation is looked for, and what is found is canceled
// and awaited.
//
// The errors are those of [Await] and
//
//   - lro.TypeStartFailed if no operation was started; ALREADY_EXISTS says that
//     the target is somebody else's. Failure.MayRun says that nobody could find
//     out;
//   - lro.TypeInvalidInput if the step was refused before anything was sent.
//
// As with Await, a step that succeeded in spite of a cancel is a result and no
// error; a saga whose context was canceled undoes it all the same.
func Run[T any](ctx workflow.Context, saga *Saga, step Step) (Result[T], error) {
	var result Result[T]
	r, err := newStepRun(ctx, step)
	if err != nil {
		return result, err
	}
	if err := saga.enter(r); err != nil {
		return result, err
	}
	err = r.run(ctx)
	result.Outcome, result.Adopted = r.outcome, r.adopted
	if err != nil || len(r.outcome.Operation.Response) == 0 {
		return result, err
	}
	if result.Response, err = lro.Decode[T](r.outcome.Operation.Response); err != nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: fmt.Sprintf("its response is no %T: %v", result.Response, err)}
		return result, lro.Failure{Type: lro.TypeProtocolError, Outcome: r.outcome, PollError: status}.Err()
	}
	return result, nil
}

// stepRun is a step under way, and later what there is to undo of it.
type stepRun struct {
	step    Step
	input   activities.StartInput
	stage   stage
	began   time.Time // when the start did
	outcome lro.Outcome
	adopted bool
	unread  bool // whether the wait ended as the operation could not be read
}

// stage is how far a step has come, and so what its undo has to begin with.
type stage int

const (
	stageNothing stage = iota // nothing was started
	stageUnknown              // an operation may have been started
	stageRunning              // an operation was started, and may run
	stageEnded                // the operation has ended: its outcome says how
)

func newStepRun(ctx workflow.Context, step Step) (*stepRun, error) {
	invalid := func(err error) error {
		failure := lro.Invalid(lro.Ref{}, err)
		failure.Resources = []string{step.Target}
		return failure.Err()
	}
	if err := step.validate(); err != nil {
		return nil, invalid(err)
	}
	step = step.withDefaults()
	in, err := step.input(ctx)
	if err != nil {
		return nil, invalid(err)
	}
	return &stepRun{step: step, input: in}, nil
}

func (r *stepRun) run(ctx workflow.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	started, err := r.start(ctx)
	if err != nil {
		return err
	}
	if !started.Found {
		return temporal.NewCanceledError() // nothing was started, nothing will be
	}
	return r.await(ctx, started)
}

// await awaits what was started. On a context that is canceled already it sends
// the operation a cancel and awaits what becomes of it.
func (r *stepRun) await(ctx workflow.Context, started activities.StartOutput) error {
	r.stage, r.adopted = stageRunning, started.Adopted
	options := r.step.Await
	options.Operation = &started.Operation
	var err error
	r.outcome, err = Await(ctx, started.Ref, options)
	if r.outcome.Operation.Done {
		r.stage = stageEnded
	}
	r.unread = unreadable(err)
	return err
}

// unreadable reports whether err says of an operation that its state could not
// be read.
func unreadable(err error) bool {
	failure, ok := lro.AsFailure(err)
	return ok && (failure.Type == lro.TypePollFailed || failure.Type == lro.TypeProtocolError)
}

// start runs the starter, on a context that is not canceled: a start that is
// canceled between two attempts runs no code, and what it had started would be
// lost. Found is false if ctx was canceled and nothing had been started.
func (r *stepRun) start(ctx workflow.Context) (activities.StartOutput, error) {
	if err := r.survey(ctx); err != nil {
		return activities.StartOutput{}, err
	}
	r.stage, r.began = stageUnknown, workflow.Now(ctx)
	free, _ := workflow.NewDisconnectedContext(ctx)
	starting, giveUp := workflow.WithCancel(free)
	future := workflow.ExecuteActivity(r.startContext(starting, r.step.StartTimeout), r.step.Activity, r.input)
	workflow.NewSelector(ctx).
		AddFuture(future, func(workflow.Future) {}).
		AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {}).
		Select(ctx)
	if !future.IsReady() { // so ctx is canceled
		giveUp()
	}
	var out activities.StartOutput
	err := future.Get(free, &out) // an attempt under way ends first
	if err == nil {
		return out, nil
	}
	failure, typed := lro.AsFailure(err)
	if typed && !failure.MayRun && final(err) {
		r.stage = stageNothing
		return out, err
	}
	out, lookErr := r.lookTwice(free)
	if lookErr != nil || out.Found || ctx.Err() != nil {
		return out, lookErr
	}
	if !typed {
		failure = r.startFailed(err)
	}
	failure.MayRun = false // it has been looked for
	return out, failure.Err()
}

// survey finds out what is there before the start, for a target that cannot bear
// the workflow's mark.
func (r *stepRun) survey(ctx workflow.Context) error {
	if !r.step.LookFirst {
		return nil
	}
	in := r.input
	in.Survey = true
	var out activities.StartOutput
	err := workflow.ExecuteActivity(r.startContext(ctx, r.step.StartTimeout), r.step.Activity, in).Get(ctx, &out)
	r.input.Known = out.Known
	switch _, typed := lro.AsFailure(err); {
	case err == nil, typed:
		return err
	case ctx.Err() != nil:
		return temporal.NewCanceledError() // nothing was started
	default:
		return r.startFailed(err).Err()
	}
}

// startFailed is the failure of a start that ended in an error of Temporal's.
func (r *stepRun) startFailed(err error) lro.Failure {
	return lro.Failure{Type: lro.TypeStartFailed, StartError: &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}, Resources: []string{r.step.Target}}
}

// final reports whether the starter itself gave up.
func final(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.NonRetryable()
}

// lookTwice looks for an operation that was started, now and after the
// quarantine.
func (r *stepRun) lookTwice(ctx workflow.Context) (activities.StartOutput, error) {
	out, err := r.look(ctx, r.step.StartTimeout, nil)
	if err != nil || out.Found {
		return out, err
	}
	if err := workflow.Sleep(ctx, r.step.Quarantine); err != nil {
		return out, err
	}
	return r.look(ctx, r.step.StartTimeout, nil)
}

// look looks for an operation that was started, and notes if there is none. With
// a retry policy, an undo's, it insists.
func (r *stepRun) look(ctx workflow.Context, timeout time.Duration, retry *temporal.RetryPolicy) (activities.StartOutput, error) {
	in := r.input
	in.AdoptOnly = true
	ctx = r.startContext(ctx, timeout)
	if retry != nil {
		in.Insist = true
		ctx = workflow.WithRetryPolicy(ctx, *retry)
	}
	var out activities.StartOutput
	err := workflow.ExecuteActivity(ctx, r.step.Activity, in).Get(ctx, &out)
	if err != nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
		if f, ok := lro.AsFailure(err); ok && f.StartError != nil {
			status = f.StartError
		}
		return out, lro.Failure{Type: lro.TypeStartFailed, MayRun: true, StartError: status, Resources: []string{r.step.Target}}.Err()
	}
	if !out.Found {
		r.stage = stageNothing
	}
	return out, nil
}

// startContext has the options of a start and of a look.
func (r *stepRun) startContext(ctx workflow.Context, timeout time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              r.taskQueue(ctx),
		StartToCloseTimeout:    r.step.AttemptTimeout,
		ScheduleToCloseTimeout: timeout,
		WaitForCancellation:    true, // what an attempt has started is to be known
		RetryPolicy:            startRetries(),
		Priority:               temporal.Priority{PriorityKey: controlPriority},
		Summary:                summary(r.step.Name),
	})
}

func (r *stepRun) taskQueue(ctx workflow.Context) string {
	return cmp.Or(r.step.Await.ControlTaskQueue, r.step.Await.TaskQueue, workflow.GetInfo(ctx).TaskQueueName)
}

// startRetries are java-spanner's for what is not about quota: 1 s, 1.3 times as
// long each time, 32 s at most.
func startRetries() *temporal.RetryPolicy {
	retries := unlimitedRetries()
	retries.BackoffCoefficient, retries.MaximumInterval = 1.3, 32*time.Second
	return retries
}

// summary fits the server's limit of 400 bytes.
func summary(text string) string {
	if len(text) > 200 {
		return fmt.Sprintf("%.197s...", text)
	}
	return text
}
