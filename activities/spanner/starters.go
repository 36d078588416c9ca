package spanner

import (
	"context"
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Activities holds the activities. It is safe for concurrent use, and one of it
// serves any number of workers.
type Activities struct {
	calls  Caller
	allows Allower
	core   *activities.Activities
	poller *poller.Poller // that of core
	api    *api.Service
}

// New returns the activities, whose requests are within the budget of core's Poller. The Poller's
// client, or a client that it wraps, has to be a [Generator] for spanner.googleapis.com, an [Allower]
// and a [Caller]. A *rest.Client with that service is all three. Otherwise the error is an
// [*lro.InvalidError]. New sends nothing.
func New(ctx context.Context, core *activities.Activities) (*Activities, error) {
	client := core.Poller()
	generator, generates := lro.ClientAs[Generator](client)
	allows, guards := lro.ClientAs[Allower](client)
	calls, can := lro.ClientAs[Caller](client)
	if !generates || !guards || !can {
		return nil, &lro.InvalidError{Field: "client", Value: fmt.Sprintf("%T", client.Unwrap()), Want: "a Poller over a *rest.Client, or over a client that wraps one, see lro.ClientWrapper, or testsuite.NewEnv in a test"}
	}
	options, err := generator.Generated(lro.SpannerService)
	if err != nil {
		return nil, err
	}
	service, err := api.NewService(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("set up the Spanner client: %w", err)
	}
	return &Activities{calls: calls, allows: allows, core: core, poller: client, api: service}, nil
}

// call makes a call of the generated client about a resource, within the budget.
func (a *Activities) call(ctx context.Context, priority poller.Priority, method, resource string, call func(ctx context.Context, options ...googleapi.CallOption) error) error {
	return a.poller.Do(ctx, lro.SpannerService, resource, priority, func(ctx context.Context) error {
		return a.calls.Call(ctx, lro.SpannerService, method, call)
	})
}

// UnavailableType is the ApplicationError type of the activities that
// [RegisterUnavailable] registers. It is not retryable.
const UnavailableType = "StartersUnavailable"

// RegisterUnavailable is for a worker whose client cannot run the starters. It registers activities
// under the same names that fail at once and say why. Without them a workflow would wait for
// activities that no worker has. why is the error of [New], or another reason.
func RegisterUnavailable(registry activities.Registry, why error) {
	unavailable := func(context.Context, json.RawMessage) (json.RawMessage, error) {
		return nil, temporal.NewNonRetryableApplicationError(
			"there are no starters of Spanner here: "+why.Error(), UnavailableType, nil)
	}
	for _, m := range methods {
		registry.RegisterActivityWithOptions(unavailable, activity.RegisterOptions{Name: m.activity})
	}
	for _, k := range kinds {
		registry.RegisterActivityWithOptions(unavailable, activity.RegisterOptions{Name: k.removeActivity})
		registry.RegisterActivityWithOptions(unavailable, activity.RegisterOptions{Name: k.getActivity})
	}
}

// Register registers all activities under their fixed names. It panics, as the
// SDK does, if one of the names is taken.
func (a *Activities) Register(registry activities.Registry) {
	for _, m := range methods {
		a.starter(m).Register(registry, a.core, m.activity)
	}
	for _, k := range kinds {
		a.remover(k).Register(registry, a.core, k.removeActivity)
		a.getter(k).Register(registry, a.core, k.getActivity)
	}
}
