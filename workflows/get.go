package workflows

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// strayResult is the error of an activity whose result is none of its own: somebody
// completed it by hand. It says nothing of what the activity was to find out or to do,
// and the activity is run again.
type strayResult struct{ problem error }

func (e *strayResult) Error() string {
	return "the activity was completed with what is no result of it: " + e.problem.Error()
}

// maxStrays is how often an activity is run again in a row for that.
const maxStrays = 10

// stray is the error of a result that is not valid, nil of one that is.
func stray(problem error) error {
	if problem == nil {
		return nil
	}
	return &strayResult{problem: problem}
}

func isStray(err error) bool {
	var strayed *strayResult
	return errors.As(err, &strayed)
}

// get waits for an activity, and returns its error. What does not decode here, as
// with a payload codec that is out of reach, is no failure of the activity: it fails
// the workflow task, which Temporal tries again for as long as it takes. An error
// would become history that a replay with a working codec contradicts. JSON that the
// activity cannot have returned is a [strayResult].
func get(ctx workflow.Context, activity workflow.Future, into any) error {
	if err := activity.Get(ctx, nil); err != nil {
		if problem := lro.Undecoded(err); problem != nil {
			panic(fmt.Sprintf("awaitop: the details of an activity's failure do not decode: %v", problem))
		}
		return err
	}
	err := activity.Get(ctx, into)
	if err == nil {
		return nil
	}
	var raw json.RawMessage
	if activity.Get(ctx, &raw) != nil {
		panic(fmt.Sprintf("awaitop: an activity's result does not decode: %v", err))
	}
	_, invalid := lro.DecodeLenient("result", raw, into)
	return stray(invalid)
}

// execute runs an activity, and again where its result is none of its own, maxStrays
// times in a row. valid reports why out, which it fills in, is not.
func execute[T any](ctx workflow.Context, name string, in any, out *T, valid func() error) error {
	for tries := 1; ; tries++ {
		*out = *new(T)
		err := get(ctx, workflow.ExecuteActivity(ctx, name, in), out)
		if err == nil {
			err = stray(valid())
		}
		if !isStray(err) || tries == maxStrays {
			return err
		}
	}
}
