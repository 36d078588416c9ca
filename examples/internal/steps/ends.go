package steps

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/common/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// complete tells what the result of an activity says.
func (t *Teller) complete(a activity, result *common.Payloads, at time.Time) []Line {
	switch a.of() {
	case stepKind:
		return t.start(a, result, at)
	case undoKind:
		return undone(a, result)
	case pollKind:
		return t.poll(a, result, at)
	case setKind:
		return t.set(a, result, at)
	case cancelKind:
		return t.cancel(a, result)
	case cancelSetKind:
		return t.cancelSet(a, result)
	case ownKind:
		return []Line{{a.name, "done in " + t.took(a.name, at), true}}
	default:
		return nil
	}
}

// fail tells of an activity that has failed for good.
func (t *Teller) fail(a activity, message string) []Line {
	switch a.of() {
	case stepKind:
		return []Line{{a.name, "not started: " + message, true}}
	case undoKind:
		return []Line{{a.name, "failed: " + message, true}}
	case ownKind:
		return []Line{{a.name, "failed: " + message, true}}
	case pollKind:
		if name := t.stepOf(a); name != "" {
			return []Line{{name, "cannot be read: " + message, true}}
		}
	}
	return nil
}

// start tells how the start of a step ended. Most operations run on.
func (t *Teller) start(a activity, result *common.Payloads, at time.Time) []Line {
	var out starters.StartOutput
	if !read(result, &out) {
		return nil
	}
	switch {
	case out.Again != nil && out.Again.Error != nil:
		return []Line{{a.name, "to be started again: " + out.Again.Error.Message, false}}
	case !out.Found:
		return nil
	}
	t.steps[out.Ref] = a.name
	if out.Operation.Done {
		return t.end(out.Ref, out.Operation.State(), out.Operation.Error, at)
	}
	if out.Adopted {
		return []Line{{a.name, "found: an earlier call had started it", false}}
	}
	return nil
}

// end tells how the operation of a step ended.
func (t *Teller) end(ref lro.Ref, state lro.State, status *lro.Status, at time.Time) []Line {
	name, known := t.steps[ref]
	if !known {
		return nil
	}
	delete(t.steps, ref)
	switch state {
	case lro.StateSucceeded:
		return []Line{{name, "done in " + t.took(name, at), true}}
	case lro.StateCanceled:
		return []Line{{name, "canceled", true}}
	}
	if status == nil {
		return []Line{{name, "failed", true}}
	}
	return []Line{{name, fmt.Sprintf("failed: %s: %s", status.Code, status.Message), true}}
}

func (t *Teller) poll(a activity, result *common.Payloads, at time.Time) []Line {
	var out struct {
		Operation lro.Operation `json:"operation"`
	}
	ref, ok := a.ref()
	if !ok || !read(result, &out) || !out.Operation.Done {
		return nil
	}
	return t.end(ref, out.Operation.State(), out.Operation.Error, at)
}

// set tells of the operations of a set that have ended.
func (t *Teller) set(a activity, result *common.Payloads, at time.Time) []Line {
	var in sets.PollInput
	var out sets.PollOutput
	if !read(a.input, &in) || !read(result, &out) {
		return nil
	}
	refs, err := in.Refs()
	if err != nil || len(refs) != len(out.States) {
		return nil
	}
	statuses := map[int]*lro.Status{}
	for _, failure := range out.Failures {
		statuses[failure.Index] = failure.Status
	}
	var lines []Line
	for i, ref := range refs {
		if state := out.States.State(i); state != lro.StateRunning {
			lines = append(lines, t.end(ref, state, statuses[i], at)...)
		}
	}
	return lines
}

// undone tells what an undo did to the resource.
func undone(a activity, result *common.Payloads) []Line {
	var out starters.RemoveOutput
	if !read(result, &out) {
		return nil
	}
	what := map[starters.RemoveResult]string{
		starters.RemoveDeleted: "deleted",
		starters.RemoveAbsent:  "nothing is there",
		starters.RemoveNotOurs: "left alone: it is somebody else's",
		starters.RemoveUnknown: "left alone: nothing tells whose it is",
	}[out.Result]
	if out.Result == starters.RemoveDeleted && strings.HasSuffix(a.kind, "DropDatabase") {
		what = "dropped"
	}
	return []Line{{a.name, what, true}}
}

// cancel tells that a step's operation is being canceled.
func (t *Teller) cancel(a activity, result *common.Payloads) []Line {
	var out activities.CancelOutput
	ref, ok := a.ref()
	if !ok || !read(result, &out) {
		return nil
	}
	return t.canceling(ref, out.Result)
}

func (t *Teller) cancelSet(a activity, result *common.Payloads) []Line {
	var in sets.CancelInput
	var out sets.CancelOutput
	if !read(a.input, &in) || !read(result, &out) {
		return nil
	}
	refs, err := in.Refs()
	if err != nil || len(refs) != len(out.Results) {
		return nil
	}
	var lines []Line
	for i, ref := range refs {
		lines = append(lines, t.canceling(ref, out.Result(i))...)
	}
	return lines
}

func (t *Teller) canceling(ref lro.Ref, result cancels.Result) []Line {
	if name, known := t.steps[ref]; known && result == cancels.Delivered {
		return []Line{{name, "being canceled", false}}
	}
	return nil
}
