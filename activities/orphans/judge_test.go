package orphans_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// What is not awaitop's, what lives, and what nobody may act on is reported only, whatever the policy.
func TestJudge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	key := stepkey.New("order-1", "run", "step")
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	operation := func(age time.Duration) orphans.Item { return orphans.Item{Ref: ref, Key: key, Since: ago(age)} }
	resource := func(age time.Duration) orphans.Item {
		return orphans.Item{Resource: "//spanner.googleapis.com/projects/p/instances/i", Key: key, Since: ago(age)}
	}
	owner := func(status orphans.Status, closed time.Duration) orphans.Owner {
		o := orphans.Owner{Key: key, WorkflowID: "order-1", RunID: "run", Status: status, StartTime: ago(5 * time.Hour)}
		if status != orphans.Running {
			o.CloseTime = ago(closed)
		}
		return o
	}
	unknown := orphans.Owner{Key: key}
	wait := func(status orphans.Status, closed time.Duration) orphans.Owner {
		return orphans.LeftWait{Ref: ref, WorkflowID: "child", RunID: "run", Status: status, CloseTime: ago(closed)}.Owner()
	}
	adopt, cancel := orphans.Policy{Action: orphans.Adopt}, orphans.Policy{Action: orphans.Cancel}
	bold := orphans.Policy{Action: orphans.Cancel, IncludeUnknown: true, MinAge: lro.DurationOf(time.Minute)}
	undo := operation(2 * time.Hour)
	undo.Key += "_undo"
	unmarked := operation(2 * time.Hour)
	unmarked.Key = ""
	ageless := operation(2 * time.Hour)
	ageless.Since = time.Time{}
	rows := []struct {
		reason  string
		item    orphans.Item
		owner   orphans.Owner
		awaiter string
		policy  orphans.Policy
		class   orphans.Class
		action  orphans.Action
	}{
		{"no key", unmarked, orphans.Owner{}, "", bold, orphans.Foreign, orphans.Report},
		{"no key, though somebody awaits it", unmarked, orphans.Owner{}, "await:o", bold, orphans.Foreign, orphans.Report},
		{"its wait was terminated", unmarked, wait(orphans.Terminated, time.Hour), "", cancel, orphans.Left, orphans.Cancel},
		{"its wait has timed out", unmarked, wait(orphans.TimedOut, time.Hour), "", adopt, orphans.Left, orphans.Adopt},
		{"its wait was terminated, and nothing is to be done", unmarked, wait(orphans.Terminated, time.Hour), "", orphans.Policy{}, orphans.Left, orphans.Report},
		{"its wait was terminated a moment ago: its parent may be tried again", unmarked, wait(orphans.Terminated, time.Minute), "", cancel, orphans.Left, orphans.Report},
		{"another wait awaits it", unmarked, wait(orphans.Terminated, time.Hour), "other", bold, orphans.Live, orphans.Report},
		{"it ran long before its wait", orphans.Item{Ref: ref}, wait(orphans.Terminated, time.Hour), "", cancel, orphans.Left, orphans.Cancel},
		{"its workflow runs", operation(2 * time.Hour), owner(orphans.Running, 0), "", bold, orphans.Live, orphans.Report},
		{"a resource of a workflow that runs", resource(2 * time.Hour), owner(orphans.Running, 0), "", bold, orphans.Live, orphans.Report},
		{"adopted by an earlier sweep", operation(2 * time.Hour), owner(orphans.Terminated, time.Hour), "await:o", bold, orphans.Live, orphans.Report},
		{"adopted, and its workflow is forgotten", operation(2 * time.Hour), unknown, "await:o", bold, orphans.Live, orphans.Report},
		{"what a completed workflow was there for", resource(2 * time.Hour), owner(orphans.Completed, time.Hour), "", bold, orphans.Kept, orphans.Report},
		{"an operation outlives a completed workflow", operation(2 * time.Hour), owner(orphans.Completed, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
		{"terminated", operation(2 * time.Hour), owner(orphans.Terminated, time.Hour), "", orphans.Policy{}, orphans.Orphan, orphans.Report},
		{"terminated, to be reported", operation(2 * time.Hour), owner(orphans.Terminated, time.Hour), "", orphans.Policy{Action: orphans.Report}, orphans.Orphan, orphans.Report},
		{"terminated, to be adopted", operation(2 * time.Hour), owner(orphans.Terminated, time.Hour), "", adopt, orphans.Orphan, orphans.Adopt},
		{"failed, to be canceled", operation(2 * time.Hour), owner(orphans.Failed, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
		{"canceled, to be canceled", operation(2 * time.Hour), owner(orphans.Canceled, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
		{"timed out, to be canceled", operation(2 * time.Hour), owner(orphans.TimedOut, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
		{"a resource is never touched", resource(2 * time.Hour), owner(orphans.Failed, time.Hour), "", bold, orphans.Orphan, orphans.Report},
		{"somebody may be about to reset it", operation(2 * time.Hour), owner(orphans.Terminated, 9*time.Minute), "", cancel, orphans.Orphan, orphans.Report},
		{"the policy's own age", operation(2 * time.Hour), owner(orphans.Terminated, 9*time.Minute), "", bold, orphans.Orphan, orphans.Cancel},
		{"an undo is left to end", undo, owner(orphans.Terminated, time.Hour), "", bold, orphans.Orphan, orphans.Report},
		{"an undo may be adopted", undo, owner(orphans.Terminated, time.Hour), "", adopt, orphans.Orphan, orphans.Adopt},
		{"no workflow has the key", operation(2 * time.Hour), unknown, "", cancel, orphans.Unknown, orphans.Report},
		{"no workflow has the key, and the policy says so", operation(2 * time.Hour), unknown, "", bold, orphans.Unknown, orphans.Cancel},
		{"a young one: the server's list lags", operation(30 * time.Second), unknown, "", bold, orphans.Unknown, orphans.Report},
		{"one without an age", ageless, unknown, "", bold, orphans.Unknown, orphans.Report},
		{"a resource of an unknown workflow", resource(2 * time.Hour), unknown, "", bold, orphans.Unknown, orphans.Report},
		{"only an earlier run is known", operation(2 * time.Hour), orphans.Owner{Key: key, WorkflowID: "order-1"}, "", cancel, orphans.Unknown, orphans.Report},
		{"begun after its workflow had closed: a copied label", operation(2 * time.Hour), owner(orphans.Failed, 3*time.Hour), "", bold, orphans.Foreign, orphans.Report},
		{"made after its workflow had closed", resource(2 * time.Hour), owner(orphans.Failed, 3*time.Hour), "", bold, orphans.Foreign, orphans.Report},
		{"begun before its workflow", operation(6 * time.Hour), owner(orphans.Failed, time.Hour), "", bold, orphans.Foreign, orphans.Report},
		{"the request was under way at the end", operation(time.Hour - 9*time.Minute), owner(orphans.Terminated, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
		{"clocks differ", operation(5*time.Hour + 9*time.Minute), owner(orphans.Terminated, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
		{"no age proves nothing", ageless, owner(orphans.Terminated, time.Hour), "", cancel, orphans.Orphan, orphans.Cancel},
	}
	for _, row := range rows {
		got := orphans.Judge(row.item, row.owner, row.awaiter, row.policy, now)
		if got.Class != row.class || got.Action != row.action || got.Why == "" {
			t.Errorf("%s: %+v, want %s, %s", row.reason, got, row.class, row.action)
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for reason, row := range map[string]struct {
		policy orphans.Policy
		valid  bool
	}{
		"the zero policy":  {orphans.Policy{}, true},
		"every field":      {orphans.Policy{Action: orphans.Cancel, IncludeUnknown: true, MinAge: lro.DurationOf(time.Hour)}, true},
		"another action":   {orphans.Policy{Action: "delete"}, false},
		"a negative age":   {orphans.Policy{MinAge: lro.DurationOf(-time.Second)}, false},
		"an age too large": {orphans.Policy{MinAge: lro.DurationOf(lro.MaxDuration + time.Second)}, false},
	} {
		if err := row.policy.Validate(); (err == nil) != row.valid {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
