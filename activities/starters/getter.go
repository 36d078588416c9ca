package starters

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Getter reads a resource, so that a workflow can look at it.
type Getter struct {
	// Service is the service that has the resource. Required.
	Service string
	// Check refuses a name before anything is sent, as [Starter.Check].
	Check func(field, name string) error
	// Get returns the resource in the API's JSON, nil if it is not there. Required.
	Get func(ctx context.Context, name string) (json.RawMessage, error)
	// SelfPaced says that Get makes its requests by the Poller, each within the budget. Otherwise a
	// call of Get counts as one request.
	SelfPaced bool
}

// Register registers the getter as an activity that takes a [ResourceInput]. See [Activity].
func (g Getter) Register(registry activities.Registry, core *activities.Activities, name string) {
	if g.Service == "" || g.Get == nil || core == nil {
		panic(fmt.Sprintf("starters: %s: a getter needs Service, Get and the activities", name))
	}
	run := func(ctx context.Context, in ResourceInput) (ResourceOutput, error) {
		return g.Run(ctx, core, in)
	}
	registry.RegisterActivityWithOptions(activities.Timed(core, run), activity.RegisterOptions{Name: name})
}

// Run is one attempt to read, for an activity that chooses the getter by its input. g needs what
// [Getter.Register] needs.
func (g Getter) Run(ctx context.Context, core *activities.Activities, in ResourceInput) (ResourceOutput, error) {
	err := in.Validate()
	if err == nil && g.Check != nil {
		err = g.Check("name", in.Name)
	}
	if err != nil {
		return ResourceOutput{}, Refused("", err)
	}
	requests := requests{
		poller: core.Poller(), selfPaced: g.SelfPaced, priority: poller.PriorityStart,
		service: g.Service, target: in.Name, method: "Get",
	}
	found, err := withinBudget(ctx, requests, func(ctx context.Context) (json.RawMessage, error) { return g.Get(ctx, in.Name) })
	if err == nil && found == nil {
		err = LookAgain("Get", in.Name, in.Succeeded, core.ServerTime())
	}
	switch {
	case err == nil:
		return ResourceOutput{Found: found != nil, Resource: found}, nil
	case ctx.Err() != nil:
		return ResourceOutput{}, ctx.Err()
	default:
		return ResourceOutput{}, in.failed(ctx, core, err)
	}
}

// failed is the failure of an attempt to read, which is retryable until the deadline if err may pass.
func (in ResourceInput) failed(ctx context.Context, core *activities.Activities, err error) error {
	retry := core.Retry(ctx, in.Deadline, retryAfter(err, activity.GetInfo(ctx).Attempt, rand.Float64()))
	class := lro.Classify(err)
	if mended := in.Insist && class == lro.ClassBlocked; !class.Retryable() && !mended {
		retry.NonRetryable = true
	}
	return requestFailed(ReadFailedType, in.Name+" could not be read", err, retry)
}
