package watch

import (
	"cmp"
	"slices"
	"time"

	"github.com/awaitop/awaitop/control"
)

const (
	// keepEnded is for how long a workflow is kept that ended well, keepFailed one that did not.
	keepEnded, keepFailed = time.Minute, 10 * time.Minute
	// maxEnded bounds the workflows that are kept though they have ended.
	maxEnded = 100
)

// run names a workflow's run. runID is "" for the current run, whichever it is.
type run struct{ workflowID, runID string }

// workflow is one that is watched.
type workflow struct {
	listed *control.Status
	status *control.Status // nil until it is described
	read   time.Time       // when it was described last
	lost   bool            // the last search did not find it
	order  int             // in the search that found it first
}

// ended reports whether it needs no further description.
func (w *workflow) ended() bool {
	return w.status != nil && !w.status.Running() && w.listed.RunID != ""
}

// workflows are the workflows that are watched.
type workflows map[run]*workflow

// found takes in the workflows that a search has found.
func (all workflows) found(found []*control.Status) {
	for _, w := range all {
		w.lost = true
	}
	for _, status := range found {
		key := run{status.WorkflowID, status.RunID}
		if w, known := all[key]; known {
			w.lost = false
			continue
		}
		all[key] = &workflow{listed: status, order: len(all)}
	}
}

// due are the n workflows to describe next: first those that are lost, to learn how they ended, and those that are shown,
// half of n at most; then those that were described longest ago, or never.
func (all workflows) due(shown func(workflowID string) bool, n int) []*workflow {
	var first, others []*workflow
	for _, w := range all {
		switch {
		case w.ended():
		case w.lost, shown(w.listed.WorkflowID):
			first = append(first, w)
		default:
			others = append(others, w)
		}
	}
	byAge(first)
	if half := max(n/2, n-len(others)); len(first) > half {
		first, others = first[:half], append(others, first[half:]...)
	}
	byAge(others)
	due := append(first, others...)
	return due[:min(n, len(due))]
}

// byAge sorts workflows by when they were described last, and those never described as the search found them.
func byAge(all []*workflow) {
	slices.SortFunc(all, func(a, b *workflow) int { return cmp.Or(a.read.Compare(b.read), cmp.Compare(a.order, b.order)) })
}

func listed(all []*workflow) []*control.Status {
	var found []*control.Status
	for _, w := range all {
		found = append(found, w.listed)
	}
	return found
}

// described takes in the descriptions of workflows. Those without one are gone, unless the descriptions are not complete.
func (all workflows) described(asked []*workflow, statuses []*control.Status, partial bool, now time.Time) {
	by := map[run]*control.Status{}
	for _, status := range statuses {
		by[run{status.WorkflowID, status.RunID}] = status
		by[run{status.WorkflowID, ""}] = status
	}
	for _, w := range asked {
		key := run{w.listed.WorkflowID, w.listed.RunID}
		switch status := by[key]; {
		case status != nil:
			w.status, w.read = status, now
		case !partial && key.runID != "":
			delete(all, key)
		}
	}
}

// forget drops the workflows that ended some time ago, that wait for nothing any more, or that continued as new.
func (all workflows) forget(now time.Time) {
	var ended []run
	for key, w := range all {
		switch {
		case w.status == nil, key.runID == "":
		case w.status.Running():
			if w.lost && len(w.status.Waits)+len(w.status.Runs)+len(w.status.Undos) == 0 {
				delete(all, key)
			}
		case w.status.State == "ContinuedAsNew", now.Sub(w.status.CloseTime) > kept(w.status):
			delete(all, key)
		default:
			ended = append(ended, key)
		}
	}
	slices.SortFunc(ended, func(a, b run) int { return all[b].status.CloseTime.Compare(all[a].status.CloseTime) })
	for _, key := range ended[min(maxEnded, len(ended)):] {
		delete(all, key)
	}
}

// kept is for how long a workflow is kept after its end.
func kept(status *control.Status) time.Duration {
	if status.Failure != nil {
		return keepFailed
	}
	return keepEnded
}

// statuses are those of the workflows that have been described.
func (all workflows) statuses() []*control.Status {
	var found []*control.Status
	for _, w := range all {
		if w.status != nil {
			found = append(found, w.status)
		}
	}
	return found
}

// count counts the workflows, and those that have been described.
func (all workflows) count() (total, read int) {
	for _, w := range all {
		if w.status != nil {
			read++
		}
	}
	return len(all), read
}
