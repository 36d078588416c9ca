package testsuite_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// An operation of another program is in the way of a step, which awaits it and then starts.
func TestStartOn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, service, target, step, other string }{
		"standard": {"the refusal names it", "redis.googleapis.com", "projects/p/locations/l/instances/c", "redis.projects.locations.instances.patch", "redis.projects.locations.instances.export"},
		"sql":      {"the list shows it", "sqladmin.googleapis.com", "projects/p/instances/i", "sql.instances.patch", "sql.instances.restart"},
		"compute":  {"the list shows it", "compute.googleapis.com", "projects/p/global/networks/n", "compute.networks.patch", "compute.networks.addPeering"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{Service: tt.service})
			env.Put(tt.target, nil)
			began := env.Now()
			blocker := env.StartOn(testsuite.Method(tt.other), tt.target, testsuite.Script{RunsFor: 5 * time.Minute})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				_, err := workflows.Run(ctx, nil, google.Start[struct{}](tt.step, tt.target, nil).WithoutUndo())
				return err
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			env.AssertStarted(t, testsuite.Method(tt.step), tt.target, 1)
			env.AssertStarted(t, testsuite.Method(tt.other), tt.target, 1)
			env.AssertCalls(t, testsuite.Method(tt.step), 2)
			if op, _ := env.Peek(blocker); op.State() != lro.StateSucceeded || env.Now().Sub(began) < 5*time.Minute {
				t.Errorf("%s: it did not wait for the other, which is %s", tt.reason, op.State())
			}
		})
	}
}

// A method that does not exist is refused with the nearest one of the service.
func TestNearestMethod(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, service, method, want string }{
		"a capital":      {"the letter is all that differs", "redis.googleapis.com", "redis.projects.locations.instances.Create", "redis.projects.locations.instances.create"},
		"a letter lost":  {"another method differs in more", "redis.googleapis.com", "redis.projects.locations.instance.export", "redis.projects.locations.instances.export"},
		"no such verb":   {"the kind is right", "sqladmin.googleapis.com", "sql.databases.create", "sql.databases."},
		"Spanner":        {"its methods have names of their own", lro.SpannerService, "CreateInstances", "CreateInstance"},
		"another's name": {"a read starts nothing", "redis.googleapis.com", "redis.projects.locations.instances.get", "redis.projects.locations.instances."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := testsuite.NewService(testsuite.Options{
				Service: tt.service, Plans: map[testsuite.Method][]testsuite.Script{testsuite.Method(tt.method): {{}}},
			})
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || !strings.Contains(invalid.Want, "such as "+tt.want) {
				t.Errorf("%s: %v, want %q in it", tt.reason, err, tt.want)
			}
		})
	}
}

// Cloud SQL lists the operations of one instance.
func TestListOfInstance(t *testing.T) {
	t.Parallel()
	sql := testsuite.ForTest(t, testsuite.Options{Service: "sqladmin.googleapis.com"})
	for _, target := range []string{"projects/p/instances/a", "projects/p/instances/b"} {
		sql.Put(target, nil)
		sql.StartOn("sql.instances.restart", target, testsuite.Script{RunsFor: time.Hour})
		sql.StartOn("sql.databases.insert", target+"/databases/d", testsuite.Script{RunsFor: time.Hour})
	}
	url := sql.Serve(t) + "/v1/projects/p/operations"
	for query, want := range map[string]int{"": 4, "?instance=a": 2, "?instance=b&maxResults=1": 1, "?instance=c": 0} {
		response, err := http.Get(url + query)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if got := strings.Count(string(body), `"operationType"`); err != nil || response.StatusCode != http.StatusOK || got != want {
			t.Errorf("%q: %d operations, want %d: %s", query, got, want, body)
		}
	}
}
