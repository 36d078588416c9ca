package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// AwaitOperations is the workflow form of [AwaitAll], for clients, child workflows, Nexus and other
// SDKs. It ends as AwaitAll returns. Its result comes only if all operations have succeeded:
// otherwise the failure names the first that did not, and those that were left running. Neither
// input nor result is nil. second is nil: a second argument is refused.
func AwaitOperations(ctx workflow.Context, in *AwaitAllInput, second *extra) (*AllOutcome, error) {
	if in == nil { // the payload was null
		in = &AwaitAllInput{invalid: missingRefs()}
	}
	err := in.validate()
	if err == nil && second != nil {
		err = second.validate()
	}
	if err != nil {
		return &AllOutcome{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	outcome, err := AwaitAll(ctx, in.Refs, in.AwaitAllOptions)
	if err == nil {
		outcome.bound()
	}
	return &outcome, err
}

// bound makes the outcome of a set that has succeeded fit a payload: it drops why cancels were not
// delivered, if need be.
func (o *AllOutcome) bound() {
	if lro.EncodedSize(o) <= lro.MaxEncodedSize {
		return
	}
	for i := range o.Operations {
		o.Operations[i].CancelStatus = nil
	}
}
