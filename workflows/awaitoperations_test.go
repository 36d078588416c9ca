package workflows_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// awaitOperations runs AwaitOperations on JSON that another SDK has written.
func (w *world) awaitOperations(inputs ...string) (all workflows.AllOutcome, err error) {
	w.t.Helper()
	var args []any
	for _, arg := range inputs {
		args = append(args, json.RawMessage(arg))
	}
	w.env.ExecuteWorkflow(workflows.AwaitOperationsName, args...)
	if err := w.env.GetWorkflowError(); err != nil {
		return all, err
	}
	return all, w.env.GetWorkflowResult(&all)
}

func TestAwaitOperations(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		scripts  []testsuite.Script
		options  string
		canceled bool
		want     []string
		failure  lro.FailureType // "" for none, or a cancel
		code     lro.Code
	}{
		"succeeded":    {reason: "the result names all", scripts: []testsuite.Script{inAMinute, {}}, want: []string{"succeeded", "succeeded"}},
		"failed":       {reason: "the failure is the first operation's", scripts: []testsuite.Script{{}, failing}, failure: lro.TypeOperationFailed, code: lro.CodeInternal},
		"left running": {reason: "by its option", scripts: []testsuite.Script{forever, failing}, options: `,"onFailure":"leaveRest"`, failure: lro.TypeOperationFailed, code: lro.CodeInternal},
		"deadline":     {reason: "options stand beside the refs", scripts: []testsuite.Script{forever}, options: `,"timeout":"2m"`, failure: lro.TypeAwaitTimeout, code: lro.CodeDeadlineExceeded},
		"canceled":     {reason: "a cancel is each operation's", scripts: []testsuite.Script{forever, {}}, canceled: true},
		"none":         {reason: "a set without operations has ended"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tt.canceled {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
			}
			refs := []string{}
			for i, script := range tt.scripts {
				refs = append(refs, `"`+w.service.Start(fmt.Sprintf("projects/p/instances/i/operations/o%d", i), script).String()+`"`)
			}
			all, err := w.awaitOperations(`{"refs":[` + strings.Join(refs, ",") + `]` + tt.options + `}`)
			if tt.failure != "" {
				testsuite.AssertFailure(t, err, tt.failure, tt.code)
			} else if temporal.IsCanceledError(err) != tt.canceled || err != nil && !tt.canceled {
				t.Errorf("%s: %v", tt.reason, err)
			}
			if got := ends(all); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestAwaitOperationsSecondArgument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.awaitOperations(`{"refs":[]}`, `{"timeout":"5s"}`)
	if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != "input" {
		t.Errorf("refused %q", f.Field)
	}
}

// What another SDK wrote is read strictly, and refused before anything is sent.
func TestAwaitOperationsInvalid(t *testing.T) {
	t.Parallel()
	const ref = `"//spanner.googleapis.com/` + operationName + `"`
	many := strings.TrimSuffix(strings.Repeat(ref+",", 9000), ",")
	tests := map[string]struct {
		reason  string
		input   string
		field   string
		problem string
	}{
		"missing":     {"nothing to await", `{}`, "refs", "is missing"},
		"null":        {"null is absent", `null`, "refs", "is missing"},
		"null refs":   {"null is absent", `{"refs":null}`, "refs", "is missing"},
		"single":      {"another workflow's field", `{"ref":` + ref + `}`, "ref", "did you mean refs?"},
		"no list":     {"refs are a list", `{"refs":` + ref + `}`, "refs", "is a string; want a list"},
		"one of them": {"by its index", `{"refs":[` + ref + `,17]}`, "refs[1]", "is a number; want a string"},
		"no name":     {"a name that is no operation's", `{"refs":[` + ref + `,"//spanner.googleapis.com/projects/p"]}`, "refs[1]", ""},
		"empty":       {"the empty text names nothing", `{"refs":[""]}`, "refs[0]", "is missing"},
		"misspelled":  {"a typo is no default", `{"refs":[],"onfailure":"leaveRest"}`, "onfailure", "did you mean onFailure?"},
		"policy":      {"not one of the words", `{"refs":[],"onFailure":"shrug"}`, "onFailure", "want cancelRest"},
		"options":     {"those of a wait", `{"refs":[],"policy":{"coefficient":"2"}}`, "policy.coefficient", "is a string; want a number"},
		"operation":   {"a set has many", `{"refs":[],"operation":{"done":true}}`, "operation", "want none"},
		"progress":    {"a set reports none", `{"refs":[],"progressInterval":"10s"}`, "progressInterval", ""},
		"too many":    {"the result names each again", `{"refs":[` + many + `]}`, "refs", "do not fit the result"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, err := w.awaitOperations(tt.input)
			f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if f.Field != tt.field || !strings.Contains(f.Message(), tt.problem) {
				t.Errorf("%s: %q names %q, want %q with %q", tt.reason, f.Message(), f.Field, tt.field, tt.problem)
			}
			w.service.AssertCalls(t, testsuite.MethodGet, 0)
			w.service.AssertCalls(t, testsuite.MethodList, 0)
		})
	}
}
