package sweep

import (
	"time"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
)

// window is the time in which the marks began. Their workflows ran then, so only such workflows are
// listed. The zero window is any time.
type window struct{ from, to time.Time }

// windowSlack is for clocks that differ, and for requests that took long.
const windowSlack = time.Hour

// windowOf is the window of marks. If one does not say when it began, it is any time.
func windowOf(marks []orphans.Mark) window {
	var w window
	for _, mark := range marks {
		if mark.Key == "" { // no owner is looked for
			continue
		}
		if mark.Since.IsZero() {
			return window{}
		}
		if w.from.IsZero() || mark.Since.Before(w.from) {
			w.from = mark.Since
		}
		if mark.Since.After(w.to) {
			w.to = mark.Since
		}
	}
	return w
}

// filters are the list filters of the workflows that may be owners, the likeliest first. A workflow that
// has completed leaves no orphan but an operation that runs.
func (w window) filters() []string {
	started, closed := "", ""
	if !w.from.IsZero() {
		started = " AND StartTime <= " + awaiters.Quoted(w.to.Add(windowSlack).UTC().Format(time.RFC3339))
		closed = started + " AND CloseTime >= " + awaiters.Quoted(w.from.Add(-windowSlack).UTC().Format(time.RFC3339))
	}
	return []string{
		"ExecutionStatus = 'Running'" + started,
		"ExecutionStatus != 'Running' AND ExecutionStatus != 'Completed'" + closed,
		"ExecutionStatus = 'Completed'" + closed,
	}
}
