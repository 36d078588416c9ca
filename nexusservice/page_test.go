package nexusservice_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/temporalnexus"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// steps are a service whose runs and undos end as a test wants.
type steps struct {
	fails  map[string]error // of a run, by its target
	hangs  string           // the target of a run that goes on until it is canceled
	leaves []string         // the targets whose undo fails
	undone []string
}

func (s *steps) run(ctx workflow.Context, in workflows.RunInput) (workflows.RunOutcome, error) {
	if in.Target == s.hangs {
		return workflows.RunOutcome{}, workflow.Sleep(ctx, 24*time.Hour)
	}
	return workflows.RunOutcome{}, s.fails[in.Target]
}

func (s *steps) undo(_ workflow.Context, in workflows.UndoInput) (workflows.UndoOutcome, error) {
	if slices.Contains(s.leaves, in.Target) {
		return workflows.UndoOutcome{}, activities.NewError(lro.Failure{
			Type: lro.TypeCompensationFailed, Resources: []string{in.Target}, UndoErrors: []string{"it holds backups"},
		})
	}
	s.undone = append(s.undone, in.Target)
	return workflows.UndoOutcome{Target: in.Target}, nil
}

// provision runs the page's saga with three steps, a, b and c. A cancel comes after an hour, if a run hangs.
func (s *steps) provision(t *testing.T) error {
	t.Helper()
	suite := &sdk.WorkflowTestSuite{}
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterWorkflow(s.run)
	env.RegisterWorkflow(s.undo)
	service := nexus.NewService(nexusservice.Name)
	if err := service.Register(started(nexusservice.Run, s.run), started(nexusservice.Undo, s.undo)); err != nil {
		t.Fatal(err)
	}
	env.RegisterNexusService(service)
	if s.hangs != "" {
		env.RegisterDelayedCallback(env.CancelWorkflow, time.Hour)
	}
	env.ExecuteWorkflow(Provision, []workflows.RunInput{{Target: "a"}, {Target: "b"}, {Target: "c"}})
	return env.GetWorkflowError()
}

// started is a Nexus operation that a workflow serves.
func started[I, O any](name string, serve func(workflow.Context, I) (O, error)) nexus.RegisterableOperation {
	return temporalnexus.NewWorkflowRunOperation(name, serve, func(_ context.Context, _ I, start nexus.StartOperationOptions) (client.StartWorkflowOptions, error) {
		return client.StartWorkflowOptions{ID: start.RequestID}, nil
	})
}

// The page's saga ends in the failure of a step only if nothing is left, and else names all that is.
func TestPage(t *testing.T) {
	t.Parallel()
	conflict := activities.NewError(lro.Failure{Type: lro.TypeStartFailed, StartError: &lro.Status{Code: lro.CodeAlreadyExists}})
	own := activities.NewError(lro.Failure{Type: lro.TypeCompensationFailed, Resources: []string{"c"}, UndoErrors: []string{"it is protected"}})
	tests := map[string]struct {
		reason string
		steps  steps
		want   lro.FailureType // "" for a cancel
		undone []string
		left   []string
	}{
		"all undone":           {"the failure of the step is the workflow's", steps{fails: map[string]error{"c": conflict}}, lro.TypeStartFailed, []string{"b", "a"}, nil},
		"first step":           {"there is nothing to undo", steps{fails: map[string]error{"a": conflict}}, lro.TypeStartFailed, nil, nil},
		"an undo failed":       {"somebody has to delete it", steps{fails: map[string]error{"c": conflict}, leaves: []string{"b"}}, lro.TypeCompensationFailed, []string{"a"}, []string{"b"}},
		"two undos failed":     {"none of the names is lost", steps{fails: map[string]error{"c": conflict}, leaves: []string{"a", "b"}}, lro.TypeCompensationFailed, nil, []string{"a", "b"}},
		"the run left its own": {"nor that of the step that failed", steps{fails: map[string]error{"c": own}, leaves: []string{"a"}}, lro.TypeCompensationFailed, []string{"b"}, []string{"a", "c"}},
		"canceled":             {"the workflow is canceled", steps{hangs: "c"}, "", []string{"b", "a"}, nil},
		"canceled, and left":   {"a cancel does not hide what is left", steps{hangs: "c", leaves: []string{"b"}}, lro.TypeCompensationFailed, []string{"a"}, []string{"b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.steps.provision(t)
			failure, _ := lro.AsFailure(err)
			if failure.Type != tt.want || temporal.IsCanceledError(err) != (tt.want == "") {
				t.Errorf("%s: it ended in %v, want %q", tt.reason, err, tt.want)
			}
			if !slices.Equal(failure.Resources, tt.left) || !slices.Equal(tt.steps.undone, tt.undone) {
				t.Errorf("%s: %q are left and %q undone, want %q and %q", tt.reason, failure.Resources, tt.steps.undone, tt.left, tt.undone)
			}
		})
	}
}

// The saga that TestPage runs is the page's, word for word.
func TestPageCode(t *testing.T) {
	t.Parallel()
	_, saga, _ := strings.Cut(read(t, "page_example_test.go"), "\nfunc Provision(")
	if !strings.Contains(read(t, "../docs/nexus.md"), "```go\nfunc Provision("+saga+"```\n") {
		t.Errorf("the page does not have this saga:\n%s", saga)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
