package main_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// namespace makes a namespace for the test.
func namespace(t *testing.T, name string) {
	t.Helper()
	c := dial(t)
	_, err := c.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { // the server's caches lag behind
		_, err := c.WorkflowService().ListWorkflowExecutions(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: name})
		return err
	})
}

// bare is a client of the Temporal server without the SDK, whose requests take ASCII ids only.
func bare(t *testing.T) workflowservice.WorkflowServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(dev.Address(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return workflowservice.NewWorkflowServiceClient(conn)
}

// If the SDK for Go cannot request a workflow because of its id, list shows that as trouble and lists all others. The id
// forges no line.
func TestListOddIDs(t *testing.T) {
	t.Parallel()
	const name = "odd-ids"
	namespace(t, name)
	s := newSite(t, testsuite.Options{})
	server := bare(t)
	odd := []string{"größer", "a\nforged  awaiting, held  100%", "zero\u200bwidth", "\x1b[2J\u202e"}
	ids := append([]string{"plain"}, odd...)
	for i, id := range ids {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := server.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: name, WorkflowId: id, RequestId: fmt.Sprint(i), Identity: "test",
			WorkflowType: &commonpb.WorkflowType{Name: workflows.AwaitOperationName},
			TaskQueue:    &taskqueuepb.TaskQueue{Name: s.queue},
		})
		if err != nil {
			t.Fatalf("%q: %v", id, err)
		}
	}
	list := func(args ...string) *process {
		return awaitop(t, append([]string{"list", "--namespace", name}, args...)...)
	}
	eventually(t, func() error { // the server's list lags behind
		if p := list(); strings.Count(p.out.String(), "\n") != 1+len(ids) {
			return fmt.Errorf("%d: want a header and %d lines:\n%s%s", p.status, len(ids), p.out.String(), p.err.String())
		}
		return nil
	})
	p := list()
	p.wants(t, 0, "plain", "größer", `a\u000aforged`, `zero\u200bwidth`, `\u001b[2J\u202e`, "non-printable ASCII")
	if strings.ContainsAny(p.out.String(), "\x1b\u200b\u202e") {
		t.Errorf("%q", p.out.String())
	}
	troubled := 0
	for _, status := range lines[control.Status](t, list("-o", "json").out.String()) {
		if status.Trouble != "" {
			troubled++
			if status.WorkflowType != workflows.AwaitOperationName || status.State != "Running" || status.StartTime.IsZero() {
				t.Errorf("%+v: what the list says is missing", status)
			}
		}
	}
	if troubled != len(odd) {
		t.Errorf("%d with trouble, want %d", troubled, len(odd))
	}
}
