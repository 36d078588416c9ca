package testsuite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// createWithoutSaga makes the instance.
func createWithoutSaga(ctx workflow.Context) error {
	_, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{}))
	return err
}

// Without Spanner among its services an environment has no starters of Spanner. It says so,
// and what to do.
func TestEnvWithoutSpanner(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Service: libraryService})
	env.ExecuteWorkflow(createWithoutSaga)
	err := fmt.Sprint(env.GetWorkflowError())
	for _, want := range []string{"no starters of Spanner", "serves " + libraryService + " only", "testsuite.Options{}"} {
		if !strings.Contains(err, want) {
			t.Errorf("%s: want %q in it", err, want)
		}
	}
}

// Each service of an environment has its own operations, of equal names too. Assertions of the
// environment are about all of them.
func TestEnvOfServices(t *testing.T) {
	t.Parallel()
	const name = "projects/p/instances/i/operations/o"
	env := testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: libraryService})
	first := env.Start(name, testsuite.Script{RunsFor: time.Hour})
	second := env.On(libraryService).Start(name, testsuite.Script{RunsFor: 2 * time.Hour})
	third := env.On(libraryService).Start(name+"2", testsuite.Script{RunsFor: 3 * time.Hour})
	start := env.Now()
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		for _, ref := range []lro.Ref{first, second} {
			if _, err := workflows.Await(ctx, ref, workflows.AwaitOptions{}); err != nil {
				return err
			}
		}
		ctx, cancel := workflow.WithCancel(ctx)
		cancel()
		_, _ = workflows.Await(ctx, third, workflows.AwaitOptions{})
		return nil
	})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if took := env.Now().Sub(start); took < 2*time.Hour {
		t.Errorf("it took %v, want the time of the second service's operation", took)
	}
	env.AssertCanceled(t, third)
	env.AssertNoneRunning(t)
	env.AssertNothingLeft(t)
	for _, ref := range []lro.Ref{first, second} {
		if op, found := env.Peek(ref); !found || op.State() != lro.StateSucceeded {
			t.Errorf("%s is %s, found: %t", ref, op.State(), found)
		}
	}
	if env.On(libraryService).Count(testsuite.MethodCancel) != 1 || env.Count(testsuite.MethodCancel) != 0 {
		t.Error("the cancel did not go to its own service")
	}
	if _, found := env.Peek(lro.Ref{Service: "redis.googleapis.com", Name: name}); found {
		t.Error("found the operation of a service that the environment does not serve")
	}
}

// What is left is named with its service.
func TestEnvLeftOfServices(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: libraryService})
	env.On(libraryService).Start("projects/p/locations/l/operations/o", testsuite.Script{RunsFor: time.Hour})
	env.Start(instance+"/operations/o", testsuite.Script{RunsFor: time.Hour})
	const running = instance + "/operations/o (running); //" + libraryService + "/projects/p/locations/l/operations/o (running)"
	reports := &fakeT{}
	env.AssertNothingLeft(reports)
	env.AssertNothingLeft(reports, "projects/p/locations/l")
	env.AssertNothingLeft(reports, "projects/q")
	env.AssertNoneRunning(reports)
	want := []string{
		"left: " + running, "left: //" + libraryService + "/projects/p/locations/l/operations/o (running)",
		"2 operations are still running: [//spanner.googleapis.com/" + instance + "/operations/o //" + libraryService + "/projects/p/locations/l/operations/o]",
	}
	if got := strings.Join(reports.failures, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// A resource is ready in whichever service has it.
func TestEnvAssertReady(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: "alloydb.googleapis.com"})
	const instance, cluster = "projects/p/instances/i", "projects/p/locations/l/clusters/c"
	env.Put(instance, nil)
	env.On("alloydb.googleapis.com").Put(cluster, map[string]any{"state": "READY"})
	if !env.AssertReady(t, instance, cluster) {
		t.Error("both are ready")
	}
	fake := &fakeT{}
	env.AssertReady(fake, cluster, cluster+"2")
	if got, want := strings.Join(fake.failures, " "), "not ready: "+cluster+"2 is not there"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// stoppedT is a fakeT whose Fatalf does not return, as a real one.
type stoppedT struct{ *fakeT }

func (t stoppedT) Fatalf(format string, args ...any) {
	t.fakeT.Fatalf(format, args...)
	panic("stopped")
}

// Options that cannot be right, and a service that is not there, end the test.
func TestEnvRefusesServices(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		act    func(t testing.TB)
		want   string
	}{
		"twice": {"which one is meant?", func(t testing.TB) {
			testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{})
		}, `options.service: "spanner.googleapis.com" is there twice`},
		"unknown": {"its operations would be nobody's", func(t testing.TB) {
			testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: libraryService}).On("redis.googleapis.com")
		}, `serves no "redis.googleapis.com"; it serves spanner.googleapis.com, library.example.com`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeT{}
			func() {
				defer func() { _ = recover() }()
				row.act(stoppedT{fake})
			}()
			for _, cleanup := range fake.cleanups {
				cleanup()
			}
			if got := strings.Join(fake.failures, " "); !fake.fatal || !strings.Contains(got, row.want) {
				t.Errorf("%s: %q, want %q in it", row.reason, got, row.want)
			}
		})
	}
}

// A saga may drop a database under a schema change that ignores its cancel. The change ends
// with the database.
func TestOperationsEndWithTheirResource(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"UpdateDatabaseDdl": {{RunsFor: 100 * time.Hour, OnCancel: testsuite.IgnoreCancel()}},
	}})
	env.RegisterDelayedCallback(env.CancelWorkflow, 5*time.Minute)
	env.ExecuteWorkflow(provision)
	env.AssertNothingLeft(t)
	refs := env.Refs()
	change, _ := env.Peek(refs[len(refs)-1])
	if change.Error == nil || change.Error.Code != lro.CodeNotFound {
		t.Errorf("the schema change ended with %+v, want NOT_FOUND", change.Error)
	}
}
