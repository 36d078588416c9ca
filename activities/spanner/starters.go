package spanner

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/internal/resources"
	"github.com/awaitop/awaitop/lro"
)

// Activities holds the activities. It is safe for concurrent use, and one of it
// serves any number of workers.
type Activities struct {
	core   *activities.Activities
	client resources.Client // over the Poller of core
}

// New returns the activities, whose requests are within the budget of core's Poller. The Poller's
// client, or a client that it wraps, has to be an [lro.ResourceClient] that serves
// spanner.googleapis.com, as a *rest.Client does by default. Otherwise the error is an
// [*lro.InvalidError]. New sends nothing.
func New(core *activities.Activities) (*Activities, error) {
	client, err := resources.New(core.Poller())
	if err != nil {
		return nil, err
	}
	if err := unserved(client); err != nil {
		return nil, err
	}
	return &Activities{core: core, client: client}, nil
}

// unserved is why the client makes no requests about Spanner's resources. Whether it may about this one does
// not matter.
func unserved(client lro.ResourceClient) error {
	err := client.Allow("client", lro.SpannerService, "projects/p")
	var refused *lro.InvalidError
	if errors.As(err, &refused) && strings.HasSuffix(refused.Field, "service") {
		return err
	}
	return nil
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
