package starters

import (
	"context"
	"errors"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// ClaimedField is the field of a [StartInput] that an operation of somebody else's is refused by.
const ClaimedField = "claimed.ref"

// Claimed is an operation that the caller takes for its own.
type Claimed struct {
	// Ref names it. Zero if only its result is known.
	Ref lro.Ref `json:"ref,omitzero"`
	// Operation is the operation as the caller knows it. It counts if the service has it no more.
	Operation lro.Operation `json:"operation"`
}

// takeClaimed adopts the operation that the caller claims. Found is false if there is none, or if nothing tells whose
// it is. An operation of another method, target or key is an [*lro.InvalidError].
func (a *attempt[R]) takeClaimed(ctx context.Context) (StartOutput, error) {
	if a.input.Claimed == nil || a.starter.Of == nil {
		return StartOutput{}, nil
	}
	ref := a.input.Claimed.Ref
	if !ref.IsZero() && ref.Service != a.starter.Service {
		return StartOutput{}, a.errClaimed()
	}
	op, err := a.readClaimed(ctx)
	if err != nil {
		return StartOutput{}, err
	}
	switch a.starter.Of(a.want, op) {
	case Ours:
		out := a.output(op, true)
		out.Ref = ref
		return out, nil
	case Others:
		return StartOutput{}, a.errClaimed()
	default:
		return StartOutput{}, nil
	}
}

// readClaimed reads the claimed operation. It is as the caller knows it if the service has its record no more.
func (a *attempt[R]) readClaimed(ctx context.Context) (lro.Operation, error) {
	claimed := a.input.Claimed
	if claimed.Ref.IsZero() {
		return claimed.Operation, nil
	}
	op, err := a.core.Poller().At(poller.PriorityStart).GetOperation(ctx, claimed.Ref)
	switch {
	case err == nil:
		return op, nil
	case mayPass(err), lro.Classify(err) == lro.ClassBlocked:
		return lro.Operation{}, err
	default:
		return claimed.Operation, nil
	}
}

// isOfClaim reports whether err refuses the claimed operation.
func isOfClaim(err error) bool {
	var invalid *lro.InvalidError
	return errors.As(err, &invalid) && invalid.Field == ClaimedField
}

func (a *attempt[R]) errClaimed() error {
	return &lro.InvalidError{
		Field: ClaimedField, Value: a.input.Claimed.Ref.String(),
		Want: "an operation of " + a.starter.Method + " on " + a.want.Target + ", with the key of the step",
	}
}
