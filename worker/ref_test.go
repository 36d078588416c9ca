package worker_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	temporaltest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// spannerWithInstance is a Spanner that has an instance, and would delete it.
type spannerWithInstance struct {
	mu   sync.Mutex
	seen []string
}

func (s *spannerWithInstance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	body := `{}`
	if r.Method == http.MethodGet {
		body = `{"name":"projects/p/instances/prod","config":"projects/p/instanceConfigs/c","displayName":"Prod","nodeCount":30,"state":"READY"}`
	}
	_, _ = io.WriteString(w, body)
}

// client reaches s, and may do all that a worker's can.
func (s *spannerWithInstance) client(t *testing.T) *rest.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client, err := rest.New(t.Context(), rest.Options{
		Services: []rest.Service{{Name: lro.SpannerService, Endpoint: server.URL}}, WithoutAuthentication: true, AllowedPrefixes: []string{"projects/p"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

const instanceRef = `"//spanner.googleapis.com/projects/p/instances/prod"`

// TestNoWorkflowReachesAResource starts workflows as `temporal workflow start --input`
// does, with the name of an instance in place of an operation's.
func TestNoWorkflowReachesAResource(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ reason, input, field string }{
		"done, to be deleted":  {"a delete of the record would delete the instance", `{"ref":` + instanceRef + `,"operation":{"done":true},"deleteWhenDone":true}`, "ref"},
		"awaited":              {"an instance is no running operation", `{"ref":` + instanceRef + `}`, "ref"},
		"given as running":     {"nor if somebody says so", `{"ref":` + instanceRef + `,"operation":{"name":"projects/p/instances/prod"}}`, "ref"},
		"named by its outcome": {"an operation's name is a Ref's", `{"operation":{"name":"projects/p/instances/prod"},"deleteWhenDone":true}`, "ref"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spanner := &spannerWithInstance{}
			var suite temporaltest.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			worker.Register(env, spanner.client(t), activities.Options{MaxHeld: activities.NeverHold})
			env.ExecuteWorkflow(workflows.AwaitOperationName, json.RawMessage(tt.input))
			wantRefused(t, tt.reason, env.GetWorkflowError(), tt.field, spanner)
		})
	}
}

// TestNoInlineWaitReachesAResource has workflow code of a user's give the name.
func TestNoInlineWaitReachesAResource(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/prod"}
	for name, tt := range map[string]struct {
		field string
		await func(ctx workflow.Context) error
	}{
		"Await": {"ref", func(ctx workflow.Context) error {
			_, err := workflows.Await(ctx, ref, workflows.AwaitOptions{DeleteWhenDone: true})
			return err
		}},
		"AwaitAll": {"refs[0]", func(ctx workflow.Context) error {
			_, err := workflows.AwaitAll(ctx, []lro.Ref{ref}, workflows.AwaitAllOptions{})
			return err
		}},
		"ExecuteChild": {"ref", func(ctx workflow.Context) error {
			return workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{}).Get(ctx, nil)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spanner := &spannerWithInstance{}
			var suite temporaltest.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			worker.Register(env, spanner.client(t), activities.Options{MaxHeld: activities.NeverHold})
			env.ExecuteWorkflow(tt.await)
			wantRefused(t, name, env.GetWorkflowError(), tt.field, spanner)
		})
	}
}

// TestNoActivityReachesAResource calls the activities by name, as workflow code in
// any language can.
func TestNoActivityReachesAResource(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ input, field string }{
		activities.GetOperationName:    {`{"ref":` + instanceRef + `}`, "ref"},
		activities.CancelOperationName: {`{"ref":` + instanceRef + `}`, "ref"},
		activities.DeleteOperationName: {`{"ref":` + instanceRef + `}`, "ref"},
		activities.PollOperationName:   {`{"ref":` + instanceRef + `,"startTime":"2026-01-02T03:04:05Z"}`, "ref"},
		activities.ListOperationsName:  {`{"collection":"//spanner.googleapis.com/projects/p/instances"}`, "collection"},
		activities.PollOperationsName:  {`{"operations":[{"in":"//spanner.googleapis.com/projects/p/instances","names":["prod"]}],"startTime":"2026-01-02T03:04:05Z"}`, "operations[0].names[0]"},
		activities.CancelOperationsName: {
			`{"operations":[{"in":"//spanner.googleapis.com/projects/p/instances","names":["prod"]}]}`, "operations[0].names[0]",
		},
		activities.ReadOperationsName: {`{"operations":[{"in":"//spanner.googleapis.com/projects/p/instances","names":["prod"]}]}`, "operations[0].names[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spanner := &spannerWithInstance{}
			var suite temporaltest.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			worker.Register(env, spanner.client(t), activities.Options{MaxHeld: activities.NeverHold})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: time.Minute})
				return workflow.ExecuteActivity(ctx, name, json.RawMessage(tt.input)).Get(ctx, nil)
			})
			wantRefused(t, name, env.GetWorkflowError(), tt.field, spanner)
		})
	}
}

// TestNoStartReachesAResource has a client give the name.
func TestNoStartReachesAResource(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/prod"}
	spanner := &spannerWithInstance{}
	_, err := workflows.Start(t.Context(), nil, "q", ref, workflows.AwaitOptions{Operation: &lro.Operation{Done: true}, DeleteWhenDone: true})
	wantRefused(t, "Start", err, "ref", spanner)
	client := spanner.client(t)
	for name, err := range map[string]error{
		"CancelOperation": client.CancelOperation(t.Context(), ref), "DeleteOperation": client.DeleteOperation(t.Context(), ref),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "ref") {
			t.Errorf("%s: %v, want ref.name refused", name, err)
		}
	}
	spanner.wantUntouched(t)
}

func wantRefused(t *testing.T, reason string, err error, field string, spanner *spannerWithInstance) {
	t.Helper()
	f, ok := lro.AsFailure(err)
	if !ok || f.Type != lro.TypeInvalidInput || f.Field != field {
		t.Errorf("%s: %v (field %q), want InvalidInput for %s", reason, err, f.Field, field)
	}
	spanner.wantUntouched(t)
}

func (s *spannerWithInstance) wantUntouched(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) > 0 {
		t.Errorf("requests were sent: %q", s.seen)
	}
}
