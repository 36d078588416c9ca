package google

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/internal/resources"
	"github.com/awaitop/awaitop/activities/starters"
)

// Activities holds the activities. It is safe for concurrent use, and one of it serves any number of
// workers.
type Activities struct {
	core   *activities.Activities
	client resources.Client // over the Poller of core
}

// New returns the activities, whose requests are within the budget of core's Poller. The Poller's
// client, or a client that it wraps, has to be an [lro.ResourceClient], as a *rest.Client is. Otherwise
// the error is an [*lro.InvalidError]. New sends nothing.
func New(core *activities.Activities) (*Activities, error) {
	client, err := resources.New(core.Poller())
	if err != nil {
		return nil, err
	}
	return &Activities{core: core, client: client}, nil
}

// Register registers the activities under their fixed names. It panics, as the SDK does, if one of
// the names is taken.
func (a *Activities) Register(registry activities.Registry) {
	register(registry, a.core, names.Start, a.Start)
	register(registry, a.core, names.Delete, a.Delete)
	register(registry, a.core, names.Check, a.Check)
	register(registry, a.core, names.Get, a.Get)
}

func register[In, Out any](registry activities.Registry, core *activities.Activities, name string, run func(context.Context, In) (Out, error)) {
	registry.RegisterActivityWithOptions(activities.Timed(core, run), activity.RegisterOptions{Name: name})
}

// RegisterUnavailable is [starters.RegisterUnavailable] for the activities of this package. why is the
// error of [New], or another reason.
func RegisterUnavailable(registry activities.Registry, why error) {
	starters.RegisterUnavailable(registry, "Google's services", why, names.Start, names.Delete, names.Check, names.Get)
}

// Start is one attempt to start the operation of in.Method.
func (a *Activities) Start(ctx context.Context, in starters.StartInput) (starters.StartOutput, error) {
	m, err := find(in.Method)
	if err == nil && in.Removable {
		err = m.checkUndo()
	}
	if err != nil {
		return starters.StartOutput{}, starters.Refused(in.Target, err)
	}
	return a.starter(m).Run(ctx, a.core, in)
}

// Delete is one attempt to delete what in.Method has made.
func (a *Activities) Delete(ctx context.Context, in starters.RemoveInput) (starters.RemoveOutput, error) {
	m, err := find(in.Method)
	if err == nil {
		err = m.checkUndo()
	}
	if err != nil {
		return starters.RemoveOutput{}, starters.Refused(in.Target, err)
	}
	return a.remover(m, in.Force && m.deletesByForce()).Run(ctx, a.core, in)
}

// Get is one attempt to read what in.Method has made or changed. It refuses a method whose target cannot be read, or is
// not of in.Type.
func (a *Activities) Get(ctx context.Context, in starters.ResourceInput) (starters.ResourceOutput, error) {
	m, err := find(in.Method)
	if err == nil {
		err = m.checkGet(in.Type)
	}
	if err != nil {
		return starters.ResourceOutput{}, starters.Refused(in.Name, err)
	}
	return a.getter(m).Run(ctx, a.core, in)
}
