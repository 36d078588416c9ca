package sweep

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/stepkey"
)

const (
	// listPage is the most workflows that the server lists at once.
	listPage = 1000
	// maxRuns is how many runs of one workflow id are looked at, the newest first.
	maxRuns = 100
)

// chains are the workflows of an id, by the id of their first run, as their newest run is. Retries,
// resets and continue-as-new make further runs of one workflow. As long as one of those runs, the workflow
// does. A workflow that was closed and started again is another one.
func (f *finder) chains(ctx context.Context, id string) (map[string]orphans.Owner, error) {
	current, err := f.describe(ctx, id, "")
	if err != nil || current == nil {
		return nil, err
	}
	chains := map[string]orphans.Owner{current.first: current.Owner}
	if f.settles(id, chains) {
		return chains, nil
	}
	runs, err := f.runs(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, runID := range runs {
		run, err := f.describe(ctx, id, runID)
		if err != nil {
			return nil, err
		}
		if run == nil || run.RunID == current.RunID {
			continue
		}
		if before, seen := chains[run.first]; !seen || run.newerThan(before) {
			chains[run.first] = run.Owner
		}
	}
	return chains, nil
}

// runs are the ids of the newest runs of a workflow id.
func (f *finder) runs(ctx context.Context, id string) (all []string, err error) {
	for token, first := []byte(nil), true; len(all) < maxRuns && (first || len(token) > 0); first = false {
		page, err := f.list(ctx, "WorkflowId = "+awaiters.Quoted(id), token)
		if err != nil {
			return nil, err
		}
		for _, one := range page.GetExecutions() {
			all = append(all, one.GetExecution().GetRunId())
		}
		token = page.GetNextPageToken()
	}
	return all[:min(len(all), maxRuns)], nil
}

// settles reports whether the chains have an owner for each key that may be of the id.
func (f *finder) settles(id string, chains map[string]orphans.Owner) bool {
	firsts := slices.Collect(maps.Keys(chains))
	return !slices.ContainsFunc(f.keys[stepkey.Workflow(id)], func(text string) bool {
		key, _ := stepkey.Parse(text)
		return !slices.ContainsFunc(firsts, func(first string) bool { return key.IsOf(id, first) })
	})
}

// described is a run of a workflow, and the id of the first run that it goes back to.
type described struct {
	orphans.Owner
	first string
}

// newerThan reports whether the run closed later than another of the same workflow, or runs.
func (d *described) newerThan(other orphans.Owner) bool {
	if other.Status == orphans.Running || d.Status == orphans.Running {
		return d.Status == orphans.Running
	}
	return d.CloseTime.After(other.CloseTime)
}

// describe asks for a run, "" for the current one. nil if there is none.
func (f *finder) describe(ctx context.Context, id, runID string) (*described, error) {
	reply, err := f.server.DescribeWorkflowExecution(ctx, id, runID)
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return describedOf(reply.GetWorkflowExecutionInfo()), nil
}

func describedOf(info *workflowpb.WorkflowExecutionInfo) *described {
	run := info.GetExecution()
	d := &described{first: cmp.Or(info.GetFirstRunId(), run.GetRunId())}
	d.Owner = orphans.Owner{WorkflowID: run.GetWorkflowId(), RunID: run.GetRunId(), Status: statusOf(info)}
	d.StartTime = stepkey.Began(d.first)
	if d.StartTime.IsZero() && d.first == run.GetRunId() && info.GetStartTime() != nil {
		d.StartTime = info.GetStartTime().AsTime()
	}
	if info.GetCloseTime() != nil {
		d.CloseTime = info.GetCloseTime().AsTime()
	}
	return d
}

// statusOf is the status of a run. A run that is followed by another one has none, because the other
// one's counts.
func statusOf(info *workflowpb.WorkflowExecutionInfo) orphans.Status {
	switch info.GetStatus() {
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		return orphans.Completed
	case enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:
		return orphans.Failed
	case enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return orphans.Canceled
	case enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		return orphans.Terminated
	case enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return orphans.TimedOut
	case enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
		return ""
	default: // it runs, or is paused
		return orphans.Running
	}
}

// list is a page of the server's list.
func (f *finder) list(ctx context.Context, filter string, token []byte) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return f.server.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: listPage, NextPageToken: token, Query: filter})
}
