package spanner

import (
	"errors"
	"strings"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/internal/resources"
	"github.com/awaitop/awaitop/activities/starters"
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

// RegisterUnavailable is [starters.RegisterUnavailable] for the activities of this package. why is the
// error of [New], or another reason.
func RegisterUnavailable(registry activities.Registry, why error) {
	var all []string
	for _, m := range methods {
		all = append(all, m.activity)
	}
	for _, k := range kinds {
		all = append(all, k.removeActivity, k.getActivity)
	}
	starters.RegisterUnavailable(registry, "Spanner", why, all...)
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
