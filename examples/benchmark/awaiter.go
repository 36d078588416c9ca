package main

import (
	"context"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
)

// awaiter starts waits, cancels them, and reports their ends.
type awaiter interface {
	start(ctx context.Context, w *wait) error
	cancel(ctx context.Context, w *wait) error
	// running is how many waits have not ended.
	running(ctx context.Context) (int, error)
	// events is the length of the history of a wait under way.
	events(ctx context.Context, w *wait) (int, error)
	// results returns how the given waits ended, in numbers of operations.
	results(ctx context.Context, waits []*wait) (results, error)
}

// results counts the operations whose waits ended well and those whose waits failed, and the events
// of the histories of waits that ended. All other waits are lost.
type results struct {
	done, failed, events int
}

// workflowAwaiter runs a workflow for each wait.
type workflowAwaiter struct {
	client   client.Client
	queue    string
	pattern  patterns.Pattern
	schedule patterns.Schedule
}

func (a *workflowAwaiter) id(w *wait) string { return a.queue + "/" + w.id }

func (a *workflowAwaiter) start(ctx context.Context, w *wait) error {
	options := client.StartWorkflowOptions{ID: a.id(w), TaskQueue: a.queue}
	_, err := a.client.ExecuteWorkflow(ctx, options, a.pattern.Workflow, a.pattern.Input(w.refs, a.schedule))
	return err
}

func (a *workflowAwaiter) cancel(ctx context.Context, w *wait) error {
	return a.client.CancelWorkflow(ctx, a.id(w), "")
}

// running asks the visibility store: one request for any number of waits.
func (a *workflowAwaiter) running(ctx context.Context) (int, error) {
	counted, err := a.client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Query: fmt.Sprintf("TaskQueue = %q AND ExecutionStatus = 'Running'", a.queue),
	})
	return int(counted.GetCount()), err
}

func (a *workflowAwaiter) events(ctx context.Context, w *wait) (int, error) {
	described, err := a.client.DescribeWorkflowExecution(ctx, a.id(w), "")
	return int(described.GetWorkflowExecutionInfo().GetHistoryLength()), err
}

// listPage is how many workflows are listed at once; the dev server allows 1,000.
const listPage = 1000

func (a *workflowAwaiter) results(ctx context.Context, waits []*wait) (results, error) {
	counts := map[string]int{}
	for _, w := range waits {
		counts[a.id(w)] = w.count
	}
	var sum results
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: fmt.Sprintf("TaskQueue = %q", a.queue), PageSize: listPage}
	for {
		page, err := a.client.ListWorkflow(ctx, request)
		if err != nil {
			return sum, err
		}
		for _, execution := range page.GetExecutions() {
			sum.add(counts[execution.GetExecution().GetWorkflowId()], execution.GetStatus(), int(execution.GetHistoryLength()))
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return sum, nil
		}
	}
}

// add takes in a workflow that awaits count operations. A probe counts none.
func (r *results) add(count int, status enumspb.WorkflowExecutionStatus, events int) {
	switch {
	case count == 0 || status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
		return
	case status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		r.done += count
	default:
		r.failed += count
	}
	r.events += events
}

// plainAwaiter awaits in a plain process.
type plainAwaiter struct{ process *process }

func (a plainAwaiter) start(_ context.Context, w *wait) error  { return a.process.await(w.refs) }
func (a plainAwaiter) cancel(_ context.Context, w *wait) error { return a.process.cancel(w.refs) }

func (a plainAwaiter) running(context.Context) (int, error) {
	report, err := a.process.report()
	return report.Running, err
}

func (a plainAwaiter) events(context.Context, *wait) (int, error) { return 0, nil }

func (a plainAwaiter) results(_ context.Context, waits []*wait) (results, error) {
	report, err := a.process.report()
	ended := -report.Running // a probe under way is among them
	for _, w := range waits {
		ended += w.count
	}
	return results{done: max(ended-report.Failed, 0), failed: report.Failed}, err
}
