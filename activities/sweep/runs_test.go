package sweep

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/stepkey"
)

// The owner of a key that a caller has chosen is the RunOperation or the UndoOperation that has it in its input, one that
// runs before one that has closed.
func TestFindRuns(t *testing.T) {
	t.Parallel()
	key := stepkey.New("order 1", "", "instance")
	const chosen = `{"method":"m","key":"order 1"}`
	rows := map[string]struct {
		runs   []run
		owner  string
		status orphans.Status
		reads  int
	}{
		"it runs":             {[]run{{id: "r", run: "1", status: running, kind: awaiters.RunOperation, input: chosen}}, "r", orphans.Running, 1},
		"it is undone":        {[]run{{id: "r", run: "1", status: completed, kind: awaiters.RunOperation, input: chosen}, {id: "u", run: "1", status: running, kind: awaiters.UndoOperation, input: chosen}}, "u", orphans.Running, 1},
		"it was terminated":   {[]run{{id: "r", run: "1", status: terminated, kind: awaiters.RunOperation, input: chosen}}, "r", orphans.Terminated, 1},
		"the last one counts": {[]run{{id: "r", run: "1", status: terminated, kind: awaiters.RunOperation, input: chosen}, {id: "r2", run: "1", status: completed, kind: awaiters.RunOperation, input: chosen}}, "r2", orphans.Completed, 2},
		"another key":         {[]run{{id: "r", run: "1", status: running, kind: awaiters.RunOperation, input: `{"key":"order 2"}`}}, "", "", 1},
		"a key of a workflow": {[]run{{id: "r", run: "1", status: running, kind: awaiters.RunOperation, input: `{"workflowId":"order 1"}`}}, "", "", 1},
		"another workflow":    {[]run{{id: "r", run: "1", status: running, kind: "Orders", input: chosen}}, "", "", 0},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			f := &fake{page: listPage, runs: row.runs}
			out := findOwners(t, f, orphans.Mark{Key: key, Since: noon})
			want := orphans.Owner{Key: key, WorkflowID: row.owner, Status: row.status}
			if row.owner != "" {
				want.RunID = "1"
			}
			if row.status != "" && row.status != orphans.Running {
				want.CloseTime = noon
			}
			if diff := cmp.Diff([]orphans.Owner{want}, out.Owners); diff != "" || len(f.reads) != row.reads || out.Cut {
				t.Errorf("%d reads, want %d, cut %t (-want +got):\n%s", len(f.reads), row.reads, out.Cut, diff)
			}
		})
	}
}
