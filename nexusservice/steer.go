package nexusservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/temporalnexus"

	"github.com/awaitop/awaitop/internal/updates"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// SteerOutput is the result of an operation that steers waits.
type SteerOutput struct {
	// Waits are those that have taken the update, one at least.
	Waits []SteeredWait `json:"waits"`
}

// SteeredWait is a wait that has taken an update.
type SteeredWait struct {
	WorkflowID string `json:"workflowId"`
	// Status is the wait's after the update. nil if Going, or if the statuses of many waits do not
	// fit a payload.
	Status *workflows.WaitStatus `json:"status,omitempty"`
	// Going says that the update had not ended within the time of a Nexus request. It goes on. The
	// cancel of an operation whose API is down is one.
	Going bool `json:"going,omitempty"`
}

func (s *service) cancel(ctx context.Context, call call, in *StopInput) (SteerOutput, error) {
	return s.steer(ctx, call, in.Target, in.check(), workflows.CancelUpdate, workflows.StopInput{Reason: in.Reason})
}

func (s *service) abandon(ctx context.Context, call call, in *StopInput) (SteerOutput, error) {
	return s.steer(ctx, call, in.Target, in.check(), workflows.AbandonUpdate, workflows.StopInput{Reason: in.Reason})
}

func (s *service) pollNow(ctx context.Context, call call, in *PollNowInput) (SteerOutput, error) {
	return s.steer(ctx, call, in.Target, in.check(), workflows.PollNowUpdate)
}

func (s *service) setPolicy(ctx context.Context, call call, in *SetPolicyInput) (SteerOutput, error) {
	return s.steer(ctx, call, in.Target, in.check(), workflows.SetPolicyUpdate, workflows.SetPolicyInput{Policy: in.policy()})
}

func (s *service) setDeadline(ctx context.Context, call call, in *SetDeadlineInput) (SteerOutput, error) {
	return s.steer(ctx, call, in.Target, in.check(), workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{Deadline: in.Deadline, In: in.In, None: in.None})
}

// steer sends an update to the waits that the target names. It fails if none of them takes it.
func (s *service) steer(ctx context.Context, call call, target Target, invalid error, update string, args ...any) (SteerOutput, error) {
	if invalid != nil {
		return SteerOutput{}, refused(target.Ref, invalid)
	}
	c := temporalnexus.GetClient(ctx)
	ids, err := call.find(ctx, c, target)
	if err != nil {
		return SteerOutput{}, err
	}
	waits, errs := make([]*SteeredWait, len(ids)), make([]error, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() { waits[i], errs[i] = call.update(ctx, c, id, update, args) })
	}
	all.Wait()
	var out SteerOutput
	for _, wait := range waits {
		if wait != nil {
			out.Waits = append(out.Waits, *wait)
		}
	}
	if len(out.Waits) == 0 {
		return out, target.unsteered(errs...)
	}
	out.bound()
	return out, nil
}

// update sends an update to one wait. Each attempt of the Nexus request sends the same one.
func (c call) update(ctx context.Context, temporal client.Client, id, update string, args []any) (*SteeredWait, error) {
	handle, err := updates.Send(ctx, temporal, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateID: c.id, UpdateName: update, Args: args, WaitForStage: client.WorkflowUpdateStageAccepted,
	})
	if err != nil {
		return nil, err
	}
	var status workflows.WaitStatus
	switch err := handle.Get(ctx, &status); {
	case err == nil:
		return &SteeredWait{WorkflowID: id, Status: &status}, nil
	case ctx.Err() != nil || updates.IsLate(err):
		return &SteeredWait{WorkflowID: id, Going: true}, nil
	default:
		return nil, err
	}
}

// unsteered is why no wait has taken an update, by the errors of the waits, of which some may be nil. An error of the
// Temporal server stays as it is, the first for all: the SDK tells by its type whether the server calls again, and does
// not look into joined errors.
func (t Target) unsteered(errs ...error) error {
	err := errors.Join(errs...)
	var refusal *temporal.ApplicationError
	var gone *serviceerror.NotFound
	var lateQuery *serviceerror.DeadlineExceeded
	switch {
	case errors.As(err, &refusal):
		return failed(refusal)
	case errors.As(err, &gone):
		return refused(t.Ref, t.missing())
	case updates.IsLate(err) || errors.Is(err, context.DeadlineExceeded):
		return t.notTaken("it may yet be taken")
	case errors.As(err, &lateQuery):
		return t.notTaken("it was not sent, because no worker tells what the wait awaits")
	default:
		return errs[slices.IndexFunc(errs, func(err error) bool { return err != nil })]
	}
}

// notTaken says that no worker is there for a wait.
func (t Target) notTaken(more string) error {
	return failed(temporal.NewNonRetryableApplicationError(
		fmt.Sprintf("no worker has taken the update of %s within the time of a Nexus request; %s", t.text(), more), NotTakenType, nil))
}

// bound makes the output fit a payload.
func (o *SteerOutput) bound() {
	for i := len(o.Waits) - 1; i >= 0 && lro.EncodedSize(o) > lro.MaxEncodedSize; i-- {
		o.Waits[i].Status = nil
	}
}
