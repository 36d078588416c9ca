package testsuite_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A set whose attempt is handed over does not claim that an operation is gone which nobody has seen.
func TestSetNeverSaw(t *testing.T) {
	t.Parallel()
	for name, runs := range map[string]time.Duration{"one attempt": 5 * time.Minute, "several attempts": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{})
			other := env.Start("projects/p/instances/i/operations/runs", testsuite.Script{RunsFor: runs})
			never := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/typo"}
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				_, err := workflows.AwaitAll(ctx, []lro.Ref{never, other}, workflows.AwaitAllOptions{})
				return err
			})
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypePollFailed, lro.CodeNotFound)
		})
	}
}

// In a set, the time for which reads of one operation are refused does not count for another. Here
// one is refused for 59 minutes, and the other for 16 of them and more.
func TestSetAuthGrace(t *testing.T) {
	t.Parallel()
	noList := testsuite.FailWith(lro.CodeUnimplemented, "no List").On(testsuite.MethodList)
	env := testsuite.NewEnv(t, testsuite.Options{Faults: []testsuite.Fault{noList}})
	refs := []lro.Ref{
		env.Start("projects/p/instances/i/operations/o0", testsuite.Script{RunsFor: 64*time.Minute + 30*time.Second, Faults: []testsuite.Fault{testsuite.PermissionDenied().During(5*time.Minute, 64*time.Minute)}}),
		env.Start("projects/p/instances/i/operations/o1", testsuite.Script{RunsFor: 2 * time.Hour, Faults: []testsuite.Fault{testsuite.PermissionDenied().During(59*time.Minute, 75*time.Minute)}}),
	}
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		_, err := workflows.AwaitAll(ctx, refs, workflows.AwaitAllOptions{})
		return err
	})
	if err := env.GetWorkflowError(); err != nil {
		t.Error(err)
	}
}

// A poll that an update replaces leaves its successor the service's advice.
func TestAdviceOutlivesAPoll(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{})
	ref := env.Start("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: 2 * time.Hour, Faults: []testsuite.Fault{testsuite.RateLimited(30*time.Minute).Calls(2, 2)}})
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflowNoRejection(workflows.SetDeadlineUpdate, "", t, workflows.SetDeadlineInput{In: lro.DurationOf(5 * time.Hour)})
	}, 10*time.Minute)
	env.ExecuteWorkflow(workflows.AwaitOperationName, &workflows.AwaitInput{Ref: ref})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	gets := env.Calls(testsuite.MethodGet)
	if waited := gets[2].Time.Sub(gets[1].Time); waited < 30*time.Minute {
		t.Errorf("asked to wait for 30 min, the wait read again after %v", waited)
	}
}
