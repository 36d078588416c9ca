package workflows

import (
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// Validate reports why the workflow would refuse in, as the same lro.TypeInvalidInput failure. It
// sends nothing.
func (in AwaitInput) Validate() error { return in.normalize() }

// normalize is Validate. It normalizes in's operation.
func (in *AwaitInput) normalize() error {
	if err := in.validate(); err != nil {
		return activities.NewError(lro.Invalid(in.Ref, err))
	}
	return nil
}

// StartOptions are the options of a client that starts an [AwaitOperation] of in under an id of the
// client's own: what the Web UI shows and, if in has SearchAttributes, these. The ID and the
// TaskQueue are the client's to set.
func (in AwaitInput) StartOptions() client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		StaticSummary:         summaryOf("await", in.Ref),
		TypedSearchAttributes: temporal.NewSearchAttributes(in.startAttributes()...),
	}
}
