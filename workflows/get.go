package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// get waits for an activity, and returns its error. What does not decode here, as
// with a payload codec that is out of reach, is no failure of the activity: it fails
// the workflow task, which Temporal tries again for as long as it takes. An error
// would become history that a replay with a working codec contradicts.
func get(ctx workflow.Context, activity workflow.Future, into any) error {
	if err := activity.Get(ctx, nil); err != nil {
		if problem := lro.Undecoded(err); problem != nil {
			panic(fmt.Sprintf("awaitop: the details of an activity's failure do not decode: %v", problem))
		}
		return err
	}
	if err := activity.Get(ctx, into); err != nil {
		panic(fmt.Sprintf("awaitop: an activity's result does not decode: %v", err))
	}
	return nil
}
