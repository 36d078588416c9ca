package waitlist

import (
	"cmp"
	"slices"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Rows are the rows of the workflows: those in trouble first, then the newest. A workflow with more than one wait, or that
// is no AwaitOperation, has a row of its own above those of its waits and undos. A child stands below its parent, and not
// once more by itself.
func Rows(statuses []*control.Status, now time.Time) []Row {
	families := familiesOf(statuses)
	groups := make([]group, 0, len(families))
	for _, f := range families {
		groups = append(groups, f.group(now))
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.tone, b.tone), b.started.Compare(a.started), cmp.Compare(a.id, b.id))
	})
	var rows []Row
	for _, g := range groups {
		rows = append(rows, g.rows...)
	}
	return rows
}

// group is the rows of a workflow and its children.
type group struct {
	id      string
	tone    Tone // the first of its rows
	started time.Time
	rows    []Row
}

func (f *family) group(now time.Time) group {
	g := group{id: f.run.workflowID, tone: Ended, rows: f.rows(now)}
	for i := range g.rows {
		g.rows[i].Group = f.run.workflowID
		g.tone = min(g.tone, g.rows[i].Tone)
	}
	for _, status := range append(slices.Clone(f.children), f.self) {
		if status != nil && status.StartTime.After(g.started) {
			g.started = status.StartTime
		}
	}
	return g
}

// rows are the rows of a workflow: its own, and those below it.
func (f *family) rows(now time.Time) []Row {
	var inner []Row
	for _, child := range f.shownChildren() {
		inner = append(inner, rowsOf(child, now)...)
	}
	head := Row{WorkflowID: f.run.workflowID, Label: f.run.workflowID, Tone: Running, State: "running"}
	if f.self != nil {
		own := rowsOf(f.self, now)
		head, inner = own[0], append(own[1:], inner...)
	}
	slices.SortStableFunc(inner, func(a, b Row) int { return cmp.Compare(a.Tone, b.Tone) })
	for i := range inner {
		inner[i].Inner = true
	}
	return append([]Row{head}, inner...)
}

// rowsOf are the rows of one workflow: its own, and those of its undos and waits, or one row for all.
func rowsOf(status *control.Status, now time.Time) []Row {
	head, members := headOf(status, now), membersOf(status, now)
	if len(members) == 1 && status.WorkflowType == workflows.AwaitOperationName {
		members[0] = merged(members[0], head)
		if isOwn(status, members[0]) || status.Parent != nil {
			return members
		}
		head.Trouble, head.Times = "", ""
	}
	return append([]Row{head}, members...)
}

// isOwn reports whether the row is that of the operation whose wait workflows.Start has started in this workflow.
func isOwn(status *control.Status, row Row) bool {
	ref := lro.Ref{Service: row.Service, Name: row.Path}
	return row.WorkflowID == status.WorkflowID && row.Path != "" && row.WorkflowID == workflows.WorkflowID(ref)
}

// merged is the row of the one wait of a workflow, with the workflow's trouble.
func merged(wait, workflow Row) Row {
	if wait.Trouble == "" && workflow.Trouble != "" {
		wait.State, wait.Trouble, wait.Times = workflow.State, workflow.Trouble, workflow.Times
		wait.Tone = min(wait.Tone, workflow.Tone)
	}
	return wait
}

// membersOf are the rows of a workflow's undos, waits, runs and activities that are tried again.
func membersOf(status *control.Status, now time.Time) []Row {
	var rows []Row
	type activity struct{ workflowID, id string }
	undoing := map[activity]bool{}
	for _, u := range status.Undos {
		undoing[activity{u.WorkflowID, u.ActivityID}] = true
		rows = append(rows, undoRow(u, status.Running(), now))
	}
	for _, w := range status.Waits {
		if undoing[activity{w.WorkflowID, w.ActivityID}] {
			continue // the undo's own wait
		}
		row := waitRow(w, now)
		row.Age = cmp.Or(row.Age, since(status.StartTime, now))
		rows = append(rows, row)
	}
	for _, r := range quietRuns(status, now) {
		rows = append(rows, runRow(r, now))
	}
	if status.Running() {
		for _, r := range status.Retries {
			rows = append(rows, retryRow(r, now))
		}
	}
	return rows
}

// Troubled are the rows in trouble, and those of their workflows above them.
func Troubled(rows []Row) []Row {
	var kept []Row
	for i, row := range rows {
		if row.Troubled() || heads(rows, i) && slices.ContainsFunc(below(rows, i), Row.Troubled) {
			kept = append(kept, row)
		}
	}
	return kept
}

// heads reports whether a row stands above others of its workflow.
func heads(rows []Row, i int) bool { return len(below(rows, i)) > 0 }

// below are the rows below the row of their workflow.
func below(rows []Row, i int) []Row {
	if rows[i].Inner {
		return nil
	}
	end := i + 1
	for end < len(rows) && rows[end].Inner {
		end++
	}
	return rows[i+1 : end]
}
