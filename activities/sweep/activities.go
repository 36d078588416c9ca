package sweep

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
)

// Activities holds the activities of a sweep. It is safe for concurrent use.
type Activities struct {
	core   *activities.Activities
	server func(ctx context.Context) server
}

// server is the Temporal server: a client.Client.
type server interface {
	awaiters.Server
	DescribeWorkflowExecution(ctx context.Context, workflowID, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
}

// New returns the activities. They make their requests by core's Poller, as polls by schedule, and ask
// the Temporal server by the client of the worker that runs them.
func New(core *activities.Activities) *Activities {
	return &Activities{core: core, server: func(ctx context.Context) server { return activity.GetClient(ctx) }}
}

// Register registers the activities under their fixed names. It panics, as the SDK does, if one of the
// names is taken.
func (a *Activities) Register(registry activities.Registry) {
	registry.RegisterActivityWithOptions(activities.Timed(a.core, a.FindMarked), activity.RegisterOptions{Name: orphans.FindMarkedName})
	registry.RegisterActivityWithOptions(activities.Timed(a.core, a.FindOwners), activity.RegisterOptions{Name: orphans.FindOwnersName})
	registry.RegisterActivityWithOptions(activities.Timed(a.core, a.FindLeft), activity.RegisterOptions{Name: orphans.FindLeftName})
}
