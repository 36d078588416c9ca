package activities

import (
	"context"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// pollSet reads the operations of a set until all are terminal or the deadline comes or,
// with StopOnFailure, the first fails. It takes one activity slot, and is held however long the
// intervals are. One List answers for many operations.
//
// The ends of operations are data, and so is an operation that cannot be read. The one failure is
// lro.TypeInvalidInput. It heartbeats a [SetHeartbeat]. Otherwise it does what
// [Activities.PollOperation] does.
func (a *Activities) pollSet(ctx context.Context, in sets.PollInput) (_ sets.PollOutput, err error) {
	refs, err := validatePolls(in)
	if err != nil {
		return sets.PollOutput{}, NewError(lro.Invalid(lro.Ref{}, err))
	}
	t := a.newSetAttempt(ctx, &in, refs)
	defer func() { t.close(err) }()
	out, err := t.poll()
	return hold.ReportInSlot(t.attempt, t.heart, out, err)
}

// validatePolls returns the operations of a PollOperations' input, or why that is invalid.
func validatePolls(in sets.PollInput) ([]lro.Ref, error) {
	refs, err := in.Refs()
	if err != nil {
		return nil, err
	}
	return refs, singleInput(in, refs[0]).validate()
}

// singleInput is the input for the first operation, which stands for all, because their input about
// the wait is the same.
func singleInput(in sets.PollInput, first lro.Ref) PollInput {
	return PollInput{
		Ref: first, Policy: in.Policy, StartTime: in.StartTime, Deadline: in.Deadline, Resumed: in.Resumed,
		AuthGrace: in.AuthGrace, NotFoundGrace: in.NotFoundGrace,
	}
}
