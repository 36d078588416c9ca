package waitlist

import (
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/control"
)

// Changes finds what is new in a list that is read again and again.
type Changes struct {
	// Gone is the state of a row that is not listed any more, GoneWorkflow that of a workflow's own row. A workflow that
	// is not listed any more may run on.
	Gone, GoneWorkflow string
	seen               map[string]Row
}

// Since are the rows whose news changed since the call before, and those that are gone.
func (c *Changes) Since(rows []Row) []Row {
	var changed []Row
	now := make(map[string]Row, len(rows))
	for _, row := range rows {
		now[row.Key()] = row
		if before, known := c.seen[row.Key()]; !known || before.News() != row.News() {
			changed = append(changed, row)
		}
	}
	changed = append(changed, c.gone(now)...)
	c.seen = now
	return changed
}

// gone are the rows that were seen, are no more, and have not ended before.
func (c *Changes) gone(now map[string]Row) []Row {
	var gone []Row
	for key, row := range c.seen {
		if _, there := now[key]; !there && !row.Closed {
			state := c.Gone
			if !row.Inner {
				state = c.GoneWorkflow
			}
			gone = append(gone, Row{
				WorkflowID: row.WorkflowID, Group: row.Group, Inner: row.Inner, Service: row.Service, Path: row.Path,
				Label: row.Label, Note: row.Note, Tone: Ended, State: state,
			})
		}
	}
	slices.SortFunc(gone, func(a, b Row) int { return strings.Compare(a.Key(), b.Key()) })
	return gone
}

// Event is a row as a line of a log.
func Event(row Row, at time.Time) string {
	parts := []string{at.Format(time.TimeOnly)}
	if row.Inner {
		parts = append(parts, row.Group)
	}
	for _, part := range []string{row.Name(), row.State, row.Progress(), row.Trouble} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "  ")
}

// News is what of a workflow's status is worth a line when it changes.
func News(status *control.Status, now time.Time) string {
	var all []string
	for _, row := range Rows([]*control.Status{status}, now) {
		all = append(all, row.Key(), row.News())
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
