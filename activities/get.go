package activities

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// OperationInput names the operation of a GetOperation or DeleteOperation.
type OperationInput struct {
	Ref lro.Ref `json:"ref"`
	// Insist lets GetOperation retry each refusal but NOT_FOUND, as the activity's retry policy
	// says. It is for an undo, which waits until an operator mends its cause.
	Insist bool `json:"insist,omitempty"`
	// Deadline is when the request is given up on. An attempt that fails so late that the next
	// would begin after it is final. Zero for never.
	Deadline time.Time `json:"deadline,omitzero"`
	// Undo says what a GetOperation is to undo by what it finds, nil for nothing. It is shown, and changes
	// nothing.
	Undo *undos.Record `json:"undo,omitempty"`

	unknown, invalid error
}

// UnmarshalJSON never fails. The activity reports an error in raw as a typed failure. Activities
// that read or cancel ignore a field that this release does not have, because the workflow may be
// of a newer release. Activities that start, remove or delete leave the input to a worker that
// knows the field.
func (in *OperationInput) UnmarshalJSON(raw []byte) error {
	type plain OperationInput
	in.unknown, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in OperationInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	return in.Ref.Validate()
}

// GetOperation reads one operation once. Parts that do not fit a payload are dropped and marked,
// see [lro.Operation.Bound].
//
// A transient error fails the attempt with an lro.TypePollFailed that is retryable until the
// input's deadline. The service's RetryInfo is the next delay. The caller's retry policy says how
// often Temporal tries again. Any other error is not retryable.
func (a *Activities) GetOperation(ctx context.Context, in OperationInput) (lro.Operation, error) {
	if err := in.validate(); err != nil {
		return lro.Operation{}, NewError(lro.Invalid(in.Ref, err))
	}
	tried := a.Undoing(ctx, in.Ref.Service, in.Undo)
	op, err := a.poller.GetOperation(ctx, in.Ref)
	if tried(err); err != nil {
		return lro.Operation{}, a.readFailed(ctx, lro.PollFailed(in.Ref, err), err, in.Insist, in.Deadline)
	}
	op, _ = op.Bound()
	return op, nil
}

// readFailed turns the error of a single read into the activity's error. It is retryable if the
// read may succeed later or, if the caller insists, if an operator may mend its cause.
func (a *Activities) readFailed(ctx context.Context, failure lro.Failure, err error, insist bool, deadline time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	class := lro.Classify(err)
	if class.Retryable() || insist && class != lro.ClassNotFound && class != lro.ClassInvalid {
		if retry := a.Retry(ctx, deadline, lro.RetryAfter(err)); !retry.NonRetryable {
			return NewRetryableError(failure, retry.NextRetryDelay)
		}
	}
	return NewError(failure)
}

// listFailure says why a collection could not be listed. The failure has no Ref, because a
// collection is not an operation.
func listFailure(collection lro.Collection, err error) lro.Failure {
	failure := lro.PollFailed(lro.Ref{}, err)
	failure.Resources = []string{collection.String()}
	return failure
}
