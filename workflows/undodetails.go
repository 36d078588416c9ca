package workflows

import (
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"
)

// undoDetails is the part of a workflow's current details that its sagas write: one text, of the sagas in the order in
// which they began to undo. Others write to the details as well, such as the workflow's own code. The zero undoDetails is
// ready.
type undoDetails struct{ sagas []*undoNotes }

// show puts the text of a saga in place of what the saga has shown before.
func (d *undoDetails) show(ctx workflow.Context, saga *undoNotes, text string) {
	details, before := workflow.GetCurrentDetails(ctx), d.text()
	if before != "" && !strings.Contains(details, before) { // the workflow's own code has replaced it
		for _, other := range d.sagas {
			other.shown = ""
		}
		before = ""
	}
	if !slices.Contains(d.sagas, saga) {
		d.sagas = append(d.sagas, saga)
	}
	saga.shown = text
	workflow.SetCurrentDetails(ctx, replaced(details, before, d.text()))
}

func (d *undoDetails) text() string {
	var parts []string
	for _, saga := range d.sagas {
		if saga.shown != "" {
			parts = append(parts, saga.shown)
		}
	}
	return strings.Join(parts, "\n\n")
}

// replaced returns the details with a part of them replaced, where the part occurs last. An empty part stands at the
// end.
func replaced(details, part, by string) string {
	if part == "" {
		return strings.TrimSpace(details + "\n\n" + by)
	}
	at := strings.LastIndex(details, part)
	return strings.TrimSpace(details[:at] + by + details[at+len(part):])
}
