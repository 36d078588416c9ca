package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// undone is a step that could not be undone, and why.
type undone struct {
	resource string
	err      error
}

// leaveAll undoes nothing.
func (s *Saga) leaveAll(err error) []undone {
	var left []undone
	for _, step := range s.steps {
		if step.exists() {
			left = append(left, undone{step.resource(), err})
		}
	}
	return left
}

// report is what Close returns, and shows it in the Web UI.
func (s *Saga) report(ctx workflow.Context, cause error, failed []undone) error {
	failure := lro.Failure{Type: lro.TypeCompensationFailed, Cause: lro.CauseOf(cause)}
	if outcome, ok := lro.OutcomeOf(cause); ok {
		failure.Ref = outcome.Ref
	}
	for _, f := range failed {
		failure.Resources = append(failure.Resources, f.resource)
		failure.UndoErrors = append(failure.UndoErrors, lro.CauseOf(f.err).Message)
	}
	workflow.SetCurrentDetails(ctx, undoneDetails(workflow.GetCurrentDetails(ctx), failure.Resources, failure.UndoErrors))
	return failure.Err()
}

// maxDetails bounds what the Web UI shows, in bytes. The server answers a query with 2
// MiB at most.
const maxDetails = 64 << 10

// undoneDetails is Markdown: what the workflow showed before, then what could not be
// undone and why.
func undoneDetails(before string, resources, reasons []string) string {
	var text strings.Builder
	if before != "" {
		text.WriteString(before + "\n\n")
	}
	text.WriteString("**could not undo:**\n")
	room := text.Len() + maxDetails
	for i, resource := range resources {
		line := fmt.Sprintf("\n- `%s`: %s", resource, reasons[i])
		if text.Len()+len(line) > room {
			text.WriteString(fmt.Sprintf("\n- and %d more, which the failure's details name", len(resources)-i)) //nolint:staticcheck // workflowcheck allows Sprintf alone
			break
		}
		text.WriteString(line)
	}
	return text.String()
}
