package workflows

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// strayResult is the error of an activity that was completed by hand with a result that
// the activity cannot return. The result tells nothing of the activity's work, so the
// activity is run again.
type strayResult struct{ problem error }

func (e *strayResult) Error() string {
	return "the activity was completed by hand with a result that it does not return: " + e.problem.Error()
}

// maxStrays is how often in a row an activity is run that ends with a stray result.
const maxStrays = 10

// stray is the error of an invalid result, nil if problem is nil.
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

// get waits for an activity, reads its result into a value, and returns its error. A
// payload that does not decode, for example because a codec server is out of reach, is no
// failure of the activity. get panics then: that fails the workflow task, which Temporal
// retries until it succeeds. An error would become history that a replay with a working
// codec contradicts. JSON that the activity cannot have returned is a [strayResult].
func get(ctx workflow.Context, activity workflow.Future, into any) error {
	if err := activity.Get(ctx, nil); err != nil {
		if problem := cmp.Or(lro.Undecoded(err), undecodedHeartbeat(err)); problem != nil {
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

// undecodedHeartbeat returns why a codec does not decode the last heartbeat of an activity that timed
// out. It is nil if the codec does, whatever the heartbeat holds, or if there is none.
func undecodedHeartbeat(err error) (problem error) {
	defer func() {
		if recover() != nil { // it has not crossed Temporal's boundary, and the SDK assigns by reflection
			problem = nil
		}
	}()
	var timedOut *temporal.TimeoutError
	if !errors.As(err, &timedOut) || !timedOut.HasLastHeartbeatDetails() {
		return nil
	}
	var raw converter.RawValue
	return timedOut.LastHeartbeatDetails(&raw)
}

// execute runs an activity and reads its result into out. If the result is a stray, it runs
// the activity again, up to maxStrays times. valid reports why out is no result. The error of
// an activity without a limit of attempts may be a lastAttempt.
func execute[T any](ctx workflow.Context, name string, in any, out *T, valid func() error) error {
	limited := hasLimit(ctx) // before the test environment sets its own
	for tries := 1; ; tries++ {
		*out = *new(T)
		err := get(ctx, workflow.ExecuteActivity(ctx, name, in), out)
		if err == nil {
			err = stray(valid())
		}
		if isStray(err) && tries < maxStrays {
			continue
		}
		if !limited {
			err = ofUnlimited(err)
		}
		return err
	}
}
