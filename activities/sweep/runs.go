package sweep

import (
	"context"
	"slices"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/stepkey"
)

// maxRunReads is how many inputs of RunOperations one FindOwners reads.
const maxRunReads = 10_000

// findRuns finds the owners of keys that are made of no workflow's id: the key of such a step is a text of its caller's,
// which is in the input of the RunOperation that runs it, and of the UndoOperation that undoes it.
func (f *finder) findRuns(ctx context.Context) error {
	const types = "WorkflowType IN ('" + awaiters.RunOperation + "', '" + awaiters.UndoOperation + "')"
	closed := "ExecutionStatus != 'Running' AND " + types
	if !f.window.from.IsZero() {
		closed += " AND CloseTime >= " + awaiters.Quoted(f.window.from.Add(-windowSlack).UTC().Format(time.RFC3339))
	}
	reads := 0
	for _, filter := range []string{"ExecutionStatus = 'Running' AND " + types, closed} {
		if len(f.keys) == 0 {
			return nil
		}
		err := reader(f.server).Pages(ctx, filter, func(page []*workflowpb.WorkflowExecutionInfo) (bool, error) {
			if room := maxRunReads - reads; len(page) > room {
				page, f.cut = page[:room], true
			}
			reads += len(page)
			inputs, err := reader(f.server).Inputs(ctx, page)
			for i, input := range inputs {
				f.cut = f.cut || input.Unknown
				f.own(describedOf(page[i]).Owner, input.Key)
			}
			return len(f.keys) > 0 && reads < maxRunReads, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// own gives the keys of a caller's text their owner. An operation may be older than the owner, which has adopted it.
func (f *finder) own(owner orphans.Owner, text string) {
	part := stepkey.Workflow(text)
	if text == "" || len(f.keys[part]) == 0 {
		return
	}
	owner.StartTime = time.Time{}
	f.keys[part] = slices.DeleteFunc(f.keys[part], func(marked string) bool {
		key, _ := stepkey.Parse(marked)
		if !key.IsOf(text, "") {
			return false
		}
		owner.Key = marked
		f.found[marked] = owner
		return true
	})
	if len(f.keys[part]) == 0 {
		delete(f.keys, part)
	}
}
