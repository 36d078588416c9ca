package spanner

import (
	"context"
	"fmt"
	"math/rand/v2"

	"go.temporal.io/sdk/activity"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/rest"
	"github.com/awaitop/awaitop/lro"
)

// Activities holds the activities. It is safe for concurrent use, and one of it
// serves any number of workers.
type Activities struct {
	client *rest.Client // reads operations, and makes the generated client's calls
	api    *api.Service
	random func() float64
}

// New returns the activities on client, which must have spanner.googleapis.com
// among its services: an [*lro.InvalidError] otherwise. It sends nothing.
func New(ctx context.Context, client *rest.Client) (*Activities, error) {
	options, err := client.Generated(lro.SpannerService)
	if err != nil {
		return nil, err
	}
	service, err := api.NewService(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("set up the Spanner client: %w", err)
	}
	return &Activities{client: client, api: service, random: rand.Float64}, nil
}

// Register registers all activities under their fixed names. It panics, as the
// SDK does, if one of the names is taken.
func (a *Activities) Register(registry activities.Registry) {
	for _, m := range methods {
		registry.RegisterActivityWithOptions(
			func(ctx context.Context, in activities.StartInput) (activities.StartOutput, error) {
				return a.start(ctx, m, in)
			}, activity.RegisterOptions{Name: m.activity})
	}
	for _, k := range kinds {
		registry.RegisterActivityWithOptions(
			func(ctx context.Context, in activities.RemoveInput) (activities.RemoveOutput, error) {
				return a.remove(ctx, k, in)
			}, activity.RegisterOptions{Name: k.removeActivity})
		registry.RegisterActivityWithOptions(
			func(ctx context.Context, in activities.ResourceInput) (activities.ResourceOutput, error) {
				return a.get(ctx, k, in)
			}, activity.RegisterOptions{Name: k.getActivity})
	}
}
