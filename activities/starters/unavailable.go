package starters

import (
	"context"
	"encoding/json"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
)

// UnavailableType is the ApplicationError type of the activities that [RegisterUnavailable] registers.
// It is not retryable.
const UnavailableType = "StartersUnavailable"

// RegisterUnavailable is for a worker that cannot run starters. It registers activities under their
// names that fail at once and say why. Without them a workflow would wait for activities that no worker
// has. of says whose starters they are, such as "Spanner".
func RegisterUnavailable(registry activities.Registry, of string, why error, names ...string) {
	unavailable := func(context.Context, json.RawMessage) (json.RawMessage, error) {
		return nil, temporal.NewNonRetryableApplicationError("there are no starters of "+of+" here: "+why.Error(), UnavailableType, nil)
	}
	for _, name := range names {
		registry.RegisterActivityWithOptions(unavailable, activity.RegisterOptions{Name: name})
	}
}
