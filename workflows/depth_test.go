package workflows_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// deep is a little less than the depth that Go's JSON decoder takes, 10,000 levels. Within an
// output a reply is deeper.
const deep = 9995

// TestDeepReplies nests each field of an operation as deep as a reply can. An output with
// such a field would not decode, and the workflow would never end.
func TestDeepReplies(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat(`{"a":`, deep-1) + "{}" + strings.Repeat("}", deep-1)
	for name, tt := range map[string]struct {
		reason string
		script testsuite.Script
		want   lro.FailureType // "" for a success
	}{
		"metadata":     {"the last metadata is dropped", testsuite.Script{RunsFor: time.Minute, Metadata: testsuite.RawMetadata(nested), End: testsuite.Succeed(`{}`)}, ""},
		"response":     {"as what is too large", testsuite.Script{End: testsuite.Succeed(nested)}, lro.TypeResultTooLarge},
		"error detail": {"the code stays", testsuite.Script{End: testsuite.Fail(lro.CodeAborted, "no", nested)}, lro.TypeOperationFailed},
		"error reply":  {"of a read that failed", testsuite.Script{Faults: []testsuite.Fault{testsuite.FailWith(lro.CodeInvalidArgument, "no", nested)}}, lro.TypePollFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			outcome, err := w.await(w.service.Start(operationName, tt.script), workflows.AwaitOptions{Timeout: time.Hour})
			f, _ := lro.AsFailure(err)
			if f.Type != tt.want || tt.want == "" && (err != nil || !outcome.Operation.Truncated) {
				t.Errorf("%s: %v, truncated %v, want %q", tt.reason, err, outcome.Operation.Truncated, tt.want)
			}
		})
		if tt.want == lro.TypePollFailed {
			continue // a List answers for the set
		}
		t.Run(name+", in a set", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			refs := []lro.Ref{w.service.Start(operationName, tt.script), w.service.Start(operationName+"2", testsuite.Script{})}
			w.env.ExecuteWorkflow(func(ctx workflow.Context) error {
				all, err := workflows.AwaitAll(ctx, refs, workflows.AwaitAllOptions{OnFailure: workflows.AwaitRest, AwaitOptions: workflows.AwaitOptions{Timeout: time.Hour}})
				if state := all.Operations[1].State; state != lro.StateSucceeded {
					t.Errorf("%s: the other operation is %s", tt.reason, state)
				}
				return err
			})
			err := w.env.GetWorkflowError()
			f, _ := lro.AsFailure(err)
			if want := tt.want; !w.env.IsWorkflowCompleted() || f.Type != want && want != lro.TypeResultTooLarge { // a set reads no response
				t.Errorf("%s: %v, want %q", tt.reason, err, want)
			}
		})
	}
}
