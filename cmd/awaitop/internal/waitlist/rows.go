package waitlist

import (
	"cmp"
	"slices"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// group is the rows of a workflow.
type group struct {
	tone    Tone // the first of its rows
	started time.Time
	rows    []Row
}

// Rows are the rows of the workflows: those in trouble first, then the newest. A workflow with more than one wait, or that
// is no AwaitOperation, has a row of its own above those of its waits and undos. A workflow that another one awaits as
// its child is listed there alone.
func Rows(statuses []*control.Status, now time.Time) []Row {
	var groups []group
	inner := children(statuses)
	for _, status := range statuses {
		if !inner[run{status.WorkflowID, status.RunID}] {
			groups = append(groups, groupOf(status, now))
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.tone, b.tone), b.started.Compare(a.started), cmp.Compare(a.rows[0].Group, b.rows[0].Group))
	})
	var rows []Row
	for _, g := range groups {
		rows = append(rows, g.rows...)
	}
	return rows
}

// run names a run of a workflow.
type run struct{ workflowID, runID string }

// children are the workflows whose waits another status has, too.
func children(statuses []*control.Status) map[run]bool {
	found := map[run]bool{}
	for _, status := range statuses {
		for _, w := range status.Waits {
			if w.WorkflowID != status.WorkflowID {
				found[run{w.WorkflowID, w.RunID}] = true
			}
		}
	}
	return found
}

func groupOf(status *control.Status, now time.Time) group {
	g := group{tone: Ended, started: status.StartTime, rows: rowsOf(status, now)}
	for i := range g.rows {
		g.rows[i].Group = status.WorkflowID
		g.tone = min(g.tone, g.rows[i].Tone)
	}
	return g
}

// rowsOf are the rows of a workflow: its own, and those below it.
func rowsOf(status *control.Status, now time.Time) []Row {
	head, members := headOf(status, now), membersOf(status, now)
	switch {
	case len(members) == 0:
		return []Row{head}
	case len(members) == 1 && status.WorkflowType == workflows.AwaitOperationName:
		members[0] = merged(members[0], head)
		if isOwn(status, members[0]) {
			return members
		}
		head.Trouble, head.Times = "", ""
	}
	for i := range members {
		members[i].Inner = true
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

// membersOf are the rows of a workflow's undos and waits, those in trouble first.
func membersOf(status *control.Status, now time.Time) []Row {
	var rows []Row
	for _, w := range status.Waits {
		row := waitRow(w, now)
		if row.Age == "" {
			row.Age = since(status.StartTime, now)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Tone, b.Tone) })
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
