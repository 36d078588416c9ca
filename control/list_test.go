package control

import (
	"errors"
	"testing"

	"go.temporal.io/api/serviceerror"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason    string
		options   ListOptions
		attribute bool
		want      string
	}{
		"plain":     {"the namespace has not the attribute", ListOptions{}, false, "(WorkflowType IN ('awaitop.AwaitOperation', 'awaitop.AwaitOperations', 'awaitop.RunOperation', 'awaitop.UndoOperation') OR TemporalChangeVersion = 'awaitop.undo-1') AND ExecutionStatus = 'Running'"},
		"attribute": {"inline waits", ListOptions{}, true, "(WorkflowType IN ('awaitop.AwaitOperation', 'awaitop.AwaitOperations', 'awaitop.RunOperation', 'awaitop.UndoOperation') OR TemporalChangeVersion = 'awaitop.undo-1' OR AwaitopOperation IS NOT NULL) AND ExecutionStatus = 'Running'"},
		"types":     {"workflows of the caller's", ListOptions{WorkflowTypes: []string{"Provision", `it's \`}}, false, `(WorkflowType IN ('awaitop.AwaitOperation', 'awaitop.AwaitOperations', 'awaitop.RunOperation', 'awaitop.UndoOperation', 'Provision', 'it\'s \\') OR TemporalChangeVersion = 'awaitop.undo-1') AND ExecutionStatus = 'Running'`},
		"closed":    {"a run that continued as new goes on", ListOptions{Closed: true}, false, "(WorkflowType IN ('awaitop.AwaitOperation', 'awaitop.AwaitOperations', 'awaitop.RunOperation', 'awaitop.UndoOperation') OR TemporalChangeVersion = 'awaitop.undo-1') AND ExecutionStatus != 'ContinuedAsNew'"},
		"query":     {"the caller's OR binds less than AND", ListOptions{Query: "a = 1 OR b = 2"}, false, "(WorkflowType IN ('awaitop.AwaitOperation', 'awaitop.AwaitOperations', 'awaitop.RunOperation', 'awaitop.UndoOperation') OR TemporalChangeVersion = 'awaitop.undo-1') AND ExecutionStatus = 'Running' AND (a = 1 OR b = 2)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.options.filter(tt.attribute); got != tt.want {
				t.Errorf("%s:\n%s, want\n%s", tt.reason, got, tt.want)
			}
		})
	}
}

func TestConcernsAll(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		err    error
		want   bool
	}{
		"down":      {"so it is for the next", serviceerror.NewUnavailable("no server"), true},
		"late":      {"so will the next be", serviceerror.NewDeadlineExceeded("slow"), true},
		"denied":    {"the caller may not ask", serviceerror.NewPermissionDenied("no", ""), true},
		"namespace": {"it is gone for all", serviceerror.NewNamespaceNotFound("n"), true},
		"enough":    {"more would be worse", serviceerror.NewResourceExhausted(0, "enough"), true},
		"invalid":   {"its id is refused", serviceerror.NewInvalidArgument("workflow id"), false},
		"internal":  {"its id cannot stand in a header", serviceerror.NewInternal("non-printable ASCII characters"), false},
		"unknown":   {"whatever it is, others may do", errors.New("odd"), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := concernsAll(tt.err); got != tt.want {
				t.Errorf("%s: %t, want %t", tt.reason, got, tt.want)
			}
		})
	}
}
