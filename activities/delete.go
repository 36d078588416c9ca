package activities

import (
	"cmp"
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// DeleteFailedType is the ApplicationError type, followed by a dot and a code, of a DeleteOperation
// attempt that failed without the API's last word. Its details hold one lro.Status.
const DeleteFailedType = "DeleteFailed"

// DeleteOutput is the result of a DeleteOperation.
type DeleteOutput struct {
	Result lro.Deletion `json:"result"`
	// Status is the service's answer if it was not OK.
	Status *lro.Status `json:"status,omitempty"`
}

// DeleteOperation deletes the record of an operation. It does not cancel it. NOT_FOUND counts as
// deleted, so that a second attempt agrees with the first. UNIMPLEMENTED and the API's refusals are
// data. Any other error fails the attempt with an error of type [DeleteFailedType] that is
// retryable until the input's deadline. An input of a newer release fails it with a retryable
// lro.TypeInvalidInput.
func (a *Activities) DeleteOperation(ctx context.Context, in OperationInput) (DeleteOutput, error) {
	if err := cmp.Or(in.validate(), in.unknown); err != nil {
		return DeleteOutput{}, NewError(lro.Invalid(in.Ref, err))
	}
	heart := a.holder.StartHeart(ctx, nil)
	defer heart.Stop()
	err := a.poller.DeleteOperation(ctx, in.Ref)
	if err == nil {
		return DeleteOutput{Result: lro.DeletionDeleted}, nil
	}
	if ctx.Err() != nil {
		return DeleteOutput{}, ctx.Err()
	}
	status := lro.StatusOf(err)
	switch class := lro.Classify(err); {
	case class == lro.ClassInvalid:
		return DeleteOutput{}, NewError(lro.Invalid(in.Ref, err))
	case class == lro.ClassNotFound:
		return DeleteOutput{Result: lro.DeletionDeleted}, nil
	case class == lro.ClassUnsupported:
		return DeleteOutput{Result: lro.DeletionUnsupported, Status: status}, nil
	case !isFinal(err):
		retry := a.Retry(ctx, in.Deadline, lro.RetryAfter(err))
		retry.Details = []any{status}
		return DeleteOutput{}, temporal.NewApplicationErrorWithOptions(
			"delete of "+in.Ref.String()+" failed: "+status.Code.String(),
			DeleteFailedType+"."+status.Code.String(), retry)
	default:
		return DeleteOutput{Result: lro.DeletionFailed, Status: status}, nil
	}
}
