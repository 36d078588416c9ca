package workflows_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// Options in an argument of their own would be lost.
func TestSecondArgument(t *testing.T) {
	t.Parallel()
	input := json.RawMessage(`{"ref":"//spanner.googleapis.com/` + operationName + `"}`)
	tests := map[string]struct {
		reason string
		args   []any
		field  string // "" where the wait goes on
	}{
		"options":  {"they are fields of the input", []any{input, json.RawMessage(`{"timeout":"60s"}`)}, "input"},
		"text":     {"of any kind", []any{input, "60s"}, "input"},
		"null":     {"it is absent", []any{input, nil}, ""},
		"no input": {"the first argument is null", []any{nil, input}, "input"},
		"wrong":    {"what is wrong with the input comes first", []any{json.RawMessage(`{"timout":""}`), "60s"}, "timout"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
			w.env.ExecuteWorkflow(workflows.AwaitOperationName, tt.args...)
			err := w.env.GetWorkflowError()
			if f, _ := lro.AsFailure(err); f.Field != tt.field || (err == nil) != (tt.field == "") {
				t.Errorf("%s: %v names %q, want %q", tt.reason, err, f.Field, tt.field)
			}
		})
	}
}

func TestSecondArgumentOfUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
	refused := w.update(time.Second, workflows.CancelUpdate, workflows.StopInput{}, "no longer needed")
	outcome, err := w.await(ref, workflows.AwaitOptions{})
	if err != nil || outcome.Cancellation != "" {
		t.Errorf("it was canceled: %v, %q", err, outcome.Cancellation)
	}
	if f, _ := lro.AsFailure(refused.rejected); f.Type != lro.TypeInvalidInput || f.Field != "input" {
		t.Errorf("%v, want it to refuse the second argument", refused.rejected)
	}
}
