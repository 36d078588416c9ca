package waitlist

import "github.com/awaitop/awaitop/control"

// family is a workflow, and those of its children that are listed by themselves.
type family struct {
	run run
	// self is nil if the workflow itself is not listed.
	self     *control.Status
	children []*control.Status
}

// familiesOf groups workflows by their parents. A child of which its parent's status tells is left out.
func familiesOf(statuses []*control.Status) []*family {
	told := toldByParents(statuses)
	byRun := map[run]*family{}
	var all []*family
	of := func(r run) *family {
		f := byRun[r]
		if f == nil {
			f = &family{run: r}
			byRun[r], all = f, append(all, f)
		}
		return f
	}
	for _, status := range statuses {
		switch r := (run{status.WorkflowID, status.RunID}); {
		case told[r]:
		case status.Parent == nil && byRun[r] != nil && byRun[r].self != nil: // listed twice
			all = append(all, &family{run: r, self: status})
		case status.Parent == nil:
			of(r).self = status
		default:
			f := of(run{status.Parent.WorkflowID, status.Parent.RunID})
			f.children = append(f.children, status)
		}
	}
	return all
}

// shownChildren are the children that are shown. One that has ended well is not shown below its parent, which goes on.
func (f *family) shownChildren() []*control.Status {
	var shown []*control.Status
	for _, child := range f.children {
		if child.Running() || child.Failure != nil || f.self == nil {
			shown = append(shown, child)
		}
	}
	return shown
}

// run names a run of a workflow.
type run struct{ workflowID, runID string }

// toldByParents are the workflows whose waits or runs another status has, too.
func toldByParents(statuses []*control.Status) map[run]bool {
	found := map[run]bool{}
	for _, status := range statuses {
		for _, w := range status.Waits {
			if w.WorkflowID != status.WorkflowID {
				found[run{w.WorkflowID, w.RunID}] = true
			}
		}
		for _, r := range status.Runs {
			if r.WorkflowID != status.WorkflowID {
				found[run{r.WorkflowID, r.RunID}] = true
			}
		}
	}
	return found
}
