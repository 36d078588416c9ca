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
	step.Await.EndMargin = cmp.Or(step.Await.EndMargin, saga.endMargin())
	r, err := newStepRun(ctx, step)
	if err != nil {
		return result, err
	}
	if err := saga.enter(r); err != nil {
		return result, err
	}
	err = r.run(ctx)
	decoded, failed := resultOf[T](r)
	if err == nil {
		err = failed
	}
	return decoded, err
}

// resultOf is what a step brought about, its response decoded if there is one.
func resultOf[T any](r *stepRun) (result Result[T], err error) {
	result.Outcome, result.Adopted = r.outcome, r.adopted
	if len(r.outcome.Operation.Response) == 0 {
		return result, nil
	}
	if result.Response, err = lro.Decode[T](r.outcome.Operation.Response); err != nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: fmt.Sprintf("its response is no %T: %v", result.Response, err)}
		return result, activities.NewError(lro.Failure{Type: lro.TypeProtocolError, Outcome: r.outcome, PollError: status})
	}
	return result, nil
}

// stepRun is a step under way, and later what there is to undo of it.
type stepRun struct {
	step    Step
	saga    *Saga // nil for none
	input   activities.StartInput
	stage   stage
	began   time.Time // when the start did
	outcome lro.Outcome
	adopted bool
	unread  bool          // whether the wait ended as the operation could not be read
	gone    bool          // whether the operation, read again, was not there any more
	readFor time.Duration // how long reading it again took
	limits  *limits       // nil if nothing ends the workflow
	// lateUntil is until when a request may still start the operation that nobody waits
	// for, where the quarantine was cut; zero for never.
	lateUntil time.Time
}

// stage is how far a step has come, and so what its undo has to begin with.
type stage int

const (
	stageWaiting stage = iota // nothing was started yet
	stageNothing              // nothing was started, nor will be
	stageUnknown              // an operation may have been started
	stageRunning              // an operation was started, and may run
	stageEnded                // the operation has ended: its outcome says how
)

func newStepRun(ctx workflow.Context, step Step) (*stepRun, error) {
	r := &stepRun{step: step}
	if err := step.validate(); err != nil {
		return nil, r.invalid(err)
	}
	r.step, r.limits = step.withDefaults(), limitsOf(ctx, step.Await.EndMargin)
	in, err := r.step.input(ctx)
	if err != nil {
		return nil, r.invalid(err)
	}
	r.input = in
	return r, nil
}

// invalid is the failure of a step that is refused before anything is sent.
func (r *stepRun) invalid(err error) error {
	return activities.NewError(r.refused(err))
}

func (r *stepRun) refused(err error) lro.Failure {
	failure := lro.Invalid(lro.Ref{}, err)
	failure.Resources = []string{r.step.Target}
	return failure
}

func (r *stepRun) nameTaken() error {
	return r.invalid(&lro.InvalidError{Field: "step.name", Value: r.step.Name, Want: "a name of its own in the workflow", Problem: "is another step's"})
}

// run starts the step's operation and awaits it.
func (r *stepRun) run(ctx workflow.Context) error {
	started, err := r.launch(ctx)
	if err != nil {
		return err
	}
	return r.await(ctx, started)
}

// tooLate is the failure of a step that has no time left to start, as the workflow's
// end is near.
func (r *stepRun) tooLate() lro.Failure {
	return lro.Failure{Type: lro.TypeAwaitTimeout, Resources: []string{r.step.Target}, Reason: r.limits.reason(time.Time{})}
}

// launch starts the step's operation. On a context that is canceled it does not,
// and its error is the cancel.
func (r *stepRun) launch(ctx workflow.Context) (activities.StartOutput, error) {
	if err := ctx.Err(); err != nil {
		r.stage = stageNothing
		return activities.StartOutput{}, err
	}
	if r.limits.passed(ctx) {
		r.stage = stageNothing
		return activities.StartOutput{}, activities.NewError(r.tooLate())
	}
	started, err := r.start(ctx)
	if err == nil && !started.Found {
		err = temporal.NewCanceledError() // nothing was started, nothing will be
	}
	return started, err
}

// await awaits what was started. On a context that is canceled already it sends
// the operation a cancel and awaits what becomes of it.
func (r *stepRun) await(ctx workflow.Context, started activities.StartOutput) error {
	r.stage, r.adopted = stageRunning, started.Adopted
	r.outcome = lro.Outcome{Ref: started.Ref, Operation: started.Operation}
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

// start has the starter try until the operation is started, found or refused, or
// the time is up. Found is false if ctx was canceled and nothing had been
// started.
//
// Each attempt is an activity of its own, so that what it knows is in history:
// Temporal's own retries would keep it in a heartbeat, which a cancel between two
// attempts loses, along with what they had started.
func (r *stepRun) start(ctx workflow.Context) (activities.StartOutput, error) {
	r.stage, r.began = stageUnknown, workflow.Now(ctx)
	deadline := r.limits.cut(r.began.Add(r.step.StartTimeout))
	last := r.startFailed(&lro.Status{Code: lro.CodeDeadlineExceeded})
	delay := firstStartRetry
	for ctx.Err() == nil {
		if err := r.room(); err != nil {
			last = r.refused(err)
			break
		}
		r.input.Attempt++
		out, err := r.attempt(ctx, deadline.Sub(workflow.Now(ctx)))
		switch failure, typed := lro.AsFailure(err); {
		case err == nil && out.Found:
			return out, nil
		case err != nil && !typed:
			failure = r.startFailed(&lro.Status{Code: lro.CodeUnknown, Message: err.Error()})
			fallthrough
		case err != nil:
			if failure.MayRun {
				failure.MayRun = false // it is looked for
				return r.giveUp(ctx, failure)
			}
			r.stage = stageNothing
			return out, activities.NewError(failure)
		}
		wait := delay
		if again := out.Again; again != nil {
			after, _ := again.After.In("") // 0 if it is none
			wait = max(wait, after)
			last.StartError = again.Error
		}
		if delay = delay * 13 / 10; delay > maxStartRetry {
			delay = maxStartRetry
		}
		if !workflow.Now(ctx).Add(wait).Before(deadline) {
			break
		}
		_ = sleep(ctx, wait, "try again to start "+r.step.Name) // a cancel ends the loop
	}
	return r.giveUp(ctx, last)
}

// java-spanner's delays after errors that are not about quota: 1 s, 1.3 times as
// long each time, 32 s at most.
const (
	firstStartRetry = time.Second
	maxStartRetry   = 32 * time.Second
)

// attempt makes one attempt to start. A cancel of ctx does not reach it: it ends
// within the AttemptTimeout, and knows then what it has started. Of an attempt
// whose worker died the heartbeat says whether it had made its call; of one that
// failed for another reason nothing does. Its error is final.
func (r *stepRun) attempt(ctx workflow.Context, timeout time.Duration) (out activities.StartOutput, err error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	ctx = workflow.WithRetryPolicy(r.startContext(ctx, timeout), temporal.RetryPolicy{MaximumAttempts: 1})
	if err = get(ctx, workflow.ExecuteActivity(ctx, r.step.Activity, r.input), &out); err == nil {
		err = stray(out.Validate(r.input))
	}
	var timedOut *temporal.TimeoutError
	known := activities.Known{}
	switch {
	case err == nil && out.Again != nil:
		r.input.Known = out.Again.Known
	case err == nil, final(err):
		return out, err
	case refused(err), unregistered(err): // by a worker that has sent nothing
	case errors.As(err, &timedOut):
		if timedOut.HasLastHeartbeatDetails() && timedOut.LastHeartbeatDetails(&known) == nil && !known.At.IsZero() {
			r.input.Known = &known
		}
	case r.input.Known == nil && !r.input.Retried:
		// It ended without a word, as where its result did not encode or was given by hand, and may have
		// made its call: as an earlier run of the workflow may have, but not before
		// this start began.
		r.input.Retried, r.input.Since = true, r.began
	}
	if err != nil {
		out = activities.StartOutput{}
		out.Again = &activities.StartAgain{Error: &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
	}
	return out, nil
}

// startFailed is the failure of a start that brought about nothing.
func (r *stepRun) startFailed(status *lro.Status) lro.Failure {
	return lro.Failure{Type: lro.TypeStartFailed, StartError: status, Resources: []string{r.step.Target}}
}

// final reports whether an activity is not to be tried again.
func final(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.NonRetryable()
}

// refused reports whether an activity refused its input.
func refused(err error) bool {
	failure, typed := lro.AsFailure(err)
	return typed && failure.Type == lro.TypeInvalidInput
}

// unregistered reports whether the worker that took an activity has none of its type.
// The next attempt may come to a worker that has.
func unregistered(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == unregisteredType
}

// unregisteredType is that of the SDK's ActivityNotRegisteredError in a failure.
const unregisteredType = "ActivityNotRegisteredError"

// startContext has the options of an attempt to start, and of a look.
func (r *stepRun) startContext(ctx workflow.Context, timeout time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              r.taskQueue(ctx),
		StartToCloseTimeout:    r.step.AttemptTimeout,
		ScheduleToStartTimeout: pickUp(timeout),
		RetryPolicy:            startRetries(),
		Priority:               temporal.Priority{PriorityKey: controlPriority},
		Summary:                summary(r.step.Name),
	})
}

func (r *stepRun) taskQueue(ctx workflow.Context) string {
	return cmp.Or(r.step.Await.ControlTaskQueue, r.step.Await.TaskQueue, workflow.GetInfo(ctx).TaskQueueName)
}

// startRetries are those of a look, with the delays of a start.
func startRetries() *temporal.RetryPolicy {
	retries := unlimitedRetries()
	retries.BackoffCoefficient, retries.MaximumInterval = 1.3, maxStartRetry
	return retries
}
