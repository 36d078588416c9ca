package workflows

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// readTargets reads the targets of steps that have succeeded without a response, or with one that is encoded, side by
// side, and takes each for the response. A cancel does not reach it: the steps have succeeded.
func readTargets(ctx workflow.Context, runs []*stepRun) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	var reads []func(workflow.Context) error
	for _, r := range runs {
		if r.readsTarget() {
			reads = append(reads, r.readTarget)
		}
	}
	var first error
	left := len(reads)
	for _, read := range reads {
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer func() { left-- }()
			if err := read(ctx); first == nil {
				first = err
			}
		})
	}
	if left > 0 {
		_ = workflow.Await(ctx, func() bool { return left == 0 }) // ctx is not canceled
	}
	return first
}

// readsTarget reports whether the step's result is the target itself.
func (r *stepRun) readsTarget() bool {
	op := r.outcome.Operation
	if r.result == nil || r.step.Get == "" || op.State() != lro.StateSucceeded || op.Truncated {
		return false
	}
	return len(op.Response) == 0 || r.encoded()
}

// encoded reports whether the step's result cannot be read from the response, because the gRPC client has not decoded it.
// That does not depend on the types that this program has: a replay in another one takes the same path.
func (r *stepRun) encoded() bool {
	var encoded *lro.EncodedError
	return errors.As(r.result(r.outcome.Operation), &encoded)
}

// readTarget reads the target, for the readWindow. If the target is not what an encoded response is, the response stays.
func (r *stepRun) readTarget(ctx workflow.Context) error {
	window := r.readWindow(ctx)
	options := workflow.GetActivityOptions(r.startContext(ctx, window))
	options.ScheduleToCloseTimeout = window + r.step.StartTimeout // of attempts that end without the activity's code
	options.Summary = summary("read " + r.step.Target)
	response := r.outcome.Operation.Response
	in := starters.ResourceInput{
		Name: r.step.Target, Method: r.step.Method, Type: lro.TypeOf(response), Succeeded: r.outcome.EndTime,
		Insist: true, Deadline: workflow.Now(ctx).UTC().Add(window),
	}
	var out starters.ResourceOutput
	err := execute(workflow.WithActivityOptions(ctx, options), r.step.Get, in, &out, func() error { return nil })
	switch failure, _ := lro.AsFailure(err); {
	case err == nil && out.Found:
		r.outcome.Operation.Response = out.Resource
		return nil
	case failure.Type == lro.TypeInvalidInput && len(response) > 0:
		return nil // no get of it is known
	}
	return activities.NewError(lro.Failure{Type: lro.TypePollFailed, Outcome: r.outcome, PollError: r.whyUnread(err)})
}

// readWindow is for how long the target is tried to be read: as long as a start is, or as a poll is that is refused.
// A timeout of the workflow cuts it, to readTimeout at least.
func (r *stepRun) readWindow(ctx workflow.Context) time.Duration {
	now := workflow.Now(ctx)
	window := max(r.step.StartTimeout, cmp.Or(r.step.Await.AuthGrace, DefaultAuthGrace))
	return min(window, max(r.limits.cut(now.Add(window)).Sub(now), readTimeout))
}

// whyUnread says why the target was not read, by the error of the read. That is nil if the target is not there.
func (r *stepRun) whyUnread(err error) *lro.Status {
	if err == nil {
		return &lro.Status{Code: lro.CodeNotFound, Message: r.step.Target + " is not there, although its operation has succeeded"}
	}
	var app *temporal.ApplicationError
	var status lro.Status
	if errors.As(err, &app) && strings.HasPrefix(app.Type(), starters.ReadFailedType+".") && app.Details(&status) == nil {
		status.Message = r.step.Target + ": " + status.Message + hintOf(err)
		return &status
	}
	return &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
}

// targetUnread reports whether err says of an operation that has succeeded that its target could not be read. A target
// that is not there is the service's own word.
func targetUnread(err error) bool {
	failure, _ := lro.AsFailure(err)
	return failure.Type == lro.TypePollFailed && failure.Operation.State() == lro.StateSucceeded && failure.Code() != lro.CodeNotFound
}
