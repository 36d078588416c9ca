package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	nexuspb "go.temporal.io/api/nexus/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/testsuite"
)

// nexusBench is a bench whose worker serves the Nexus service, with callers in namespaces of their own.
type nexusBench struct {
	*bench
	endpoint string
}

func newNexusBench(t *testing.T, options benchOptions) *nexusBench {
	t.Helper()
	if options.nexus == nil {
		options.nexus = &nexusservice.Options{}
	}
	b := &nexusBench{bench: newBench(t, options)}
	b.endpoint = "e" + strings.Trim(regexp.MustCompile(`[^a-zA-Z0-9]+`).ReplaceAllString(t.Name(), "-"), "-")
	_, err := b.client.OperatorService().CreateNexusEndpoint(b.ctx, &operatorservice.CreateNexusEndpointRequest{Spec: &nexuspb.EndpointSpec{
		Name: b.endpoint,
		Target: &nexuspb.EndpointTarget{Variant: &nexuspb.EndpointTarget_Worker_{
			Worker: &nexuspb.EndpointTarget_Worker{Namespace: client.DefaultNamespace, TaskQueue: b.queue},
		}},
	}})
	if err != nil {
		t.Fatalf("endpoint: %v", err)
	}
	return b
}

// named starts a scripted operation, of which a bench has several.
func (b *nexusBench) named(name string, script testsuite.Script) lro.Ref {
	return b.service.Start("projects/p/instances/i/operations/"+name, script)
}

// nexusCall is the input of a caller's workflow.
type nexusCall struct {
	Endpoint, Operation string
	Input               json.RawMessage
	Timeout             time.Duration // of the operation
}

// callNexus is a workflow of a caller: it calls one operation. Its result is the operation's.
func callNexus(ctx workflow.Context, in nexusCall) (out json.RawMessage, err error) {
	called := workflow.NewNexusClient(in.Endpoint, nexusservice.Name)
	err = called.ExecuteOperation(ctx, in.Operation, in.Input, workflow.NexusOperationOptions{ScheduleToCloseTimeout: in.Timeout}).Get(ctx, &out)
	return out, err
}

// callers are the callers of one namespace.
type callers struct {
	*nexusBench
	client client.Client
	calls  atomic.Int32
}

// in starts a worker of callers in a namespace, which it makes.
func (b *nexusBench) in(address, namespace string, interceptors ...interceptor.WorkerInterceptor) *callers {
	b.t.Helper()
	b.register(address, namespace)
	c := dial(b.t, client.Options{HostPort: address, Namespace: namespace, ConnectionOptions: b.options.connection()})
	w := sdk.New(c, b.queue, sdk.Options{Interceptors: interceptors})
	w.RegisterWorkflow(callNexus)
	if err := w.Start(); err != nil {
		b.t.Fatalf("start worker: %v", err)
	}
	b.t.Cleanup(w.Stop)
	return &callers{nexusBench: b, client: c}
}

// register makes a namespace, and waits until the server serves it.
func (b *nexusBench) register(address, namespace string) {
	b.t.Helper()
	namespaces, err := client.NewNamespaceClient(client.Options{HostPort: address, Logger: quiet()})
	if err != nil {
		b.t.Fatal(err)
	}
	defer namespaces.Close()
	err = namespaces.Register(b.ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	var there *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &there) {
		b.t.Fatalf("namespace: %v", err)
	}
	b.waitFor("the namespace", func() bool {
		_, err := b.client.WorkflowService().ListWorkflowExecutions(b.ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, PageSize: 1})
		return err == nil
	})
}

// call starts a caller's workflow. input is JSON, or what becomes JSON.
func (c *callers) call(operation string, input any) client.WorkflowRun {
	c.t.Helper()
	return c.callWithin(10*time.Minute, operation, input)
}

// callWithin is call with a timeout of the Nexus operation.
func (c *callers) callWithin(timeout time.Duration, operation string, input any) client.WorkflowRun {
	c.t.Helper()
	raw, isText := input.(string)
	encoded := []byte(raw)
	if !isText {
		var err error
		if encoded, err = json.Marshal(input); err != nil {
			c.t.Fatal(err)
		}
	}
	in := nexusCall{Endpoint: c.endpoint, Operation: operation, Input: encoded, Timeout: timeout}
	start := client.StartWorkflowOptions{ID: fmt.Sprintf("%s-%d", c.queue, c.calls.Add(1)), TaskQueue: c.queue}
	var run client.WorkflowRun
	c.waitFor("the caller's start", func() (started bool) { // a busy server may reply too late
		var err error
		run, err = c.client.ExecuteWorkflow(c.ctx, start, callNexus, in)
		return err == nil
	})
	return run
}

// isBlocked reports whether the endpoint is blocked for a call, because others have failed.
func (c *callers) isBlocked(run client.WorkflowRun) bool {
	described, err := c.client.DescribeWorkflowExecution(c.ctx, run.GetID(), "")
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.ContainsFunc(described.GetPendingNexusOperations(), func(pending *workflowpb.PendingNexusOperationInfo) bool {
		return pending.GetState() == enumspb.PENDING_NEXUS_OPERATION_STATE_BLOCKED
	})
}

// result waits for the result of a call.
func result[O any](ctx context.Context, run client.WorkflowRun) (out O, err error) {
	err = run.Get(ctx, &out)
	return out, err
}
