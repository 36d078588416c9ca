package workflows

import (
	"errors"
	"fmt"

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

// readTarget reads the target for as long as a start is tried. If the target is not what an encoded response is, the
// response stays.
func (r *stepRun) readTarget(ctx workflow.Context) error {
	options := workflow.GetActivityOptions(r.startContext(ctx, r.step.StartTimeout))
	options.ScheduleToCloseTimeout = r.step.StartTimeout
	options.Summary = summary("read " + r.step.Target)
	ctx = workflow.WithActivityOptions(ctx, options)
	var out starters.ResourceOutput
	response := r.outcome.Operation.Response
	in := starters.ResourceInput{Name: r.step.Target, Method: r.step.Method, Type: lro.TypeOf(response), Succeeded: r.outcome.EndTime}
	err := execute(ctx, r.step.Get, in, &out, func() error { return nil })
	if failure, ok := lro.AsFailure(err); ok && failure.Type == lro.TypeInvalidInput && len(response) > 0 {
		return nil // no get of it is known
	}
	if err == nil && !out.Found {
		err = fmt.Errorf("%s is not there, although its operation has succeeded", r.step.Target)
	}
	if err != nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
		return activities.NewError(lro.Failure{Type: lro.TypePollFailed, Outcome: r.outcome, PollError: status})
	}
	r.outcome.Operation.Response = out.Resource
	return nil
}
