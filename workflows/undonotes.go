package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/undos"
)

// undoNotes is what a saga shows of its undo in the workflow's current details: the undos under way, what they
// have done, and what they could not undo. It costs no event. Workflow code does not see why an attempt of an
// activity fails: the pending activity tells that.
type undoNotes struct {
	details *undoDetails    // of the workflow
	shown   string          // the part of the details that is the saga's
	open    []*undos.Record // under way, in the order in which they began
	done    []string        // what was undone, of the last maxNotes
	earlier int             // how many were undone before those
	undone  int             // how many undos succeeded
	failed  []string        // what could not be undone so far
	left    string          // what could not be undone, once all has been tried
}

// maxNotes bounds how many undos the details name, under way and done each: the Web UI shows few lines.
const maxNotes = 20

// begin shows an undo that is under way, until end is called.
func (n *undoNotes) begin(ctx workflow.Context, record *undos.Record) (end func()) {
	n.open = append(n.open, record)
	n.show(ctx)
	return func() {
		n.open = slices.DeleteFunc(n.open, func(other *undos.Record) bool { return other == record })
		n.show(ctx)
	}
}

// undid notes what an undo did to a resource, "" for nothing. The next show shows it.
func (n *undoNotes) undid(resource, what string) {
	if what == "" {
		return
	}
	n.undone++
	n.done = append(n.done, fmt.Sprintf("`%s`: %s", resource, what))
	if len(n.done) > maxNotes {
		n.done, n.earlier = n.done[1:], n.earlier+1
	}
}

// failedTo notes an undo that has failed. The next show shows it.
func (n *undoNotes) failedTo(resource string, err error) {
	if len(n.failed) < maxNotes {
		n.failed = append(n.failed, fmt.Sprintf("\n- `%s`: %s", resource, reasonFor(err)))
	}
}

// conclude shows what is left when all has been tried, nil for nothing, and counts the undos.
func (n *undoNotes) conclude(ctx workflow.Context, failed []undone, all *left) {
	n.failed = nil
	if all != nil {
		n.left = leftDetails(all.resources, all.reasons)
	}
	n.show(ctx)
	countUndos(ctx, "undone", n.undone)
	countUndos(ctx, "left", len(failed))
}

func countUndos(ctx workflow.Context, outcome string, n int) {
	if n > 0 {
		workflow.GetMetricsHandler(ctx).WithTags(map[string]string{"awaitop_outcome": outcome}).Counter(UndoOutcomesMetric).Inc(int64(n))
	}
}

// show puts the notes into the workflow's current details, in place of what it has shown before.
func (n *undoNotes) show(ctx workflow.Context) {
	n.details.show(ctx, n, strings.ToValidUTF8(n.text(), "\uFFFD"))
}

// text returns the notes in Markdown.
func (n *undoNotes) text() string {
	var parts []string
	if len(n.open) > 0 {
		parts = append(parts, n.underWay())
	}
	switch {
	case n.left != "":
		parts = append(parts, n.left)
	case len(n.failed) > 0:
		parts = append(parts, leftTitle+strings.Join(n.failed, ""))
	}
	if len(n.done) > 0 {
		lines := n.done
		if n.earlier > 0 {
			lines = append(slices.Clone(lines), fmt.Sprintf("and %d before", n.earlier))
		}
		parts = append(parts, "**undone:**\n\n- "+strings.Join(lines, "\n- "))
	}
	return strings.Join(parts, "\n\n")
}

// underWay names the undos under way, a line each.
func (n *undoNotes) underWay() string {
	var lines []string
	for _, record := range n.open[:min(len(n.open), maxNotes)] {
		lines = append(lines, "**undoing** "+undoTitle(record)+", until "+record.Deadline.UTC().Format(time.DateTime)+" UTC")
	}
	if more := len(n.open) - maxNotes; more > 0 {
		lines = append(lines, fmt.Sprintf("**undoing** %d more", more))
	}
	return strings.Join(lines, "\n\n")
}

// undoTitle names a step and its resource, whose name is in the default name of a step.
func undoTitle(record *undos.Record) string {
	if strings.Contains(record.Step, record.Resource) {
		return record.Step
	}
	return record.Step + " (`" + record.Resource + "`)"
}
