package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Defaults of [ListOptions].
const (
	DefaultPageSize          = 50
	DefaultRequestsPerSecond = 50
)

// ListOptions configures [List]. The zero value is the default.
type ListOptions struct {
	// Options configure the description of each workflow. Only RunOperations and UndoOperations are queried.
	Options
	// WorkflowTypes are the types of workflows to list, too, whatever they do: a workflow
	// that waits inline needs no search attribute then.
	WorkflowTypes []string
	// Closed lists closed workflows too, as long as the server keeps them.
	Closed bool
	// Query is a further condition, in Temporal's list filter, such as
	// "StartTime > '2026-11-24T00:00:00Z'".
	Query string
	// PageSize is the most workflows of a page, at most 1000. Default 50.
	PageSize int
	// PageToken is the NextPageToken of the page before, nil for the first page.
	PageToken []byte
	// RequestsPerSecond bounds the load on the Temporal server. A workflow takes one
	// request, another one for each child that waits, or for its outcome, and a query for each run or undo. Default 50.
	// Without effect if Options has a Limit.
	RequestsPerSecond float64
	// WithoutDescriptions lists workflows and does not describe them: a page is one request, and one
	// more for each of the server's pages on which all workflows have undone.
	// [DescribeAll] describes what it returns.
	WithoutDescriptions bool
}

// Page is a part of the workflows that await operations.
type Page struct {
	Statuses []*Status
	// NextPageToken is nil after the last page.
	NextPageToken []byte
}

// List describes the workflows of the client's namespace that await operations or undo: each
// AwaitOperation, AwaitOperations, RunOperation and UndoOperation, each workflow in which a saga undoes ([workflows.UndoChange]), each workflow of
// WorkflowTypes and, if the namespace has [workflows.OperationAttribute], each workflow that
// carries it. A workflow that has just started may be missing, because the server's
// list lags by a second or so. A workflow that the server does not describe is in the page
// as the list shows it, with its Trouble. A page may have fewer workflows than PageSize, because
// those that have undone are left out. It has none only if no page follows.
func List(ctx context.Context, c client.Client, options ListOptions) (Page, error) {
	if options.PageSize == 0 {
		options.PageSize = DefaultPageSize
	}
	if options.RequestsPerSecond == 0 {
		options.RequestsPerSecond = DefaultRequestsPerSecond
	}
	switch {
	case options.PageSize < 0 || options.PageSize > 1000:
		return Page{}, &lro.InvalidError{Field: "pageSize", Value: fmt.Sprint(options.PageSize), Want: "0 (the default) or 1 to 1000"}
	case slices.Contains(options.WorkflowTypes, ""):
		return Page{}, &lro.InvalidError{Field: "workflowTypes", Value: "", Want: "names of workflow types"}
	case !(options.RequestsPerSecond > 0):
		return Page{}, &lro.InvalidError{Field: "requestsPerSecond", Value: fmt.Sprint(options.RequestsPerSecond), Want: "0 (the default) or more"}
	}
	if options.Limit == nil && !options.WithoutDescriptions {
		options.Limit = rate.NewLimiter(rate.Limit(options.RequestsPerSecond), 1)
	}
	options.WithoutQuery = true
	for {
		page, err := listPage(ctx, c, options)
		if err != nil || len(page.Statuses) > 0 || page.NextPageToken == nil {
			return page, err
		}
		options.PageToken = page.NextPageToken // all of the page have undone
	}
}

// listPage asks for one page of the server's list. Nothing of it is left if its workflows have all undone.
func listPage(ctx context.Context, c client.Client, options ListOptions) (Page, error) {
	listed, err := list(ctx, c, options, true)
	var invalid *serviceerror.InvalidArgument
	if errors.As(err, &invalid) { // the namespace may not have the attribute
		listed, err = list(ctx, c, options, false)
	}
	if err != nil {
		return Page{}, err
	}
	page := Page{Statuses: options.statuses(listed.GetExecutions())}
	if token := listed.GetNextPageToken(); len(token) > 0 {
		page.NextPageToken = token
	}
	if !options.WithoutDescriptions {
		page.Statuses, err = DescribeAll(ctx, c, page.Statuses, options.Options)
	}
	return page, err
}

// statuses are the workflows of a page without those whose sagas have undone. A workflow keeps the version of
// [workflows.UndoChange], and the runs that continue it do.
func (o ListOptions) statuses(page []*workflowpb.WorkflowExecutionInfo) []*Status {
	var statuses []*Status
	for _, info := range page {
		status := listedStatus(info)
		status.onlyUndid = o.onlyUndid(info)
		if !status.onlyUndid || !status.Running() || mayUndo(info.GetMemo()) {
			statuses = append(statuses, status)
		}
	}
	return statuses
}

func list(ctx context.Context, c client.Client, options ListOptions, attribute bool) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	if err := options.wait(ctx); err != nil {
		return nil, err
	}
	return c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: int32(options.PageSize), NextPageToken: options.PageToken, Query: options.filter(attribute),
	})
}

// filter is the list filter of the workflows to list. attribute says that the namespace may
// have [workflows.OperationAttribute].
func (o ListOptions) filter(attribute bool) string {
	var types []string
	for _, name := range append(slices.Clone(ownTypes), o.WorkflowTypes...) {
		types = append(types, awaiters.Quoted(name))
	}
	filter := fmt.Sprintf("(WorkflowType IN (%s) OR %s = %s", strings.Join(types, ", "), changeVersion, awaiters.Quoted(undoVersion))
	if attribute {
		filter += fmt.Sprintf(" OR %s IS NOT NULL", workflows.OperationAttribute.GetName())
	}
	filter += ")"
	if o.Closed {
		filter += " AND ExecutionStatus != 'ContinuedAsNew'" // the next run is listed
	} else {
		filter += " AND ExecutionStatus = 'Running'"
	}
	if o.Query != "" {
		filter += " AND (" + o.Query + ")"
	}
	return filter
}

// onlyUndid reports whether a workflow is listed for no more than that a saga of it has begun to
// undo.
func (o ListOptions) onlyUndid(info *workflowpb.WorkflowExecutionInfo) bool {
	name := info.GetType().GetName()
	_, awaits := info.GetSearchAttributes().GetIndexedFields()[workflows.OperationAttribute.GetName()]
	return !awaits && !slices.Contains(ownTypes, name) && !slices.Contains(o.WorkflowTypes, name)
}

// ownTypes are the types of awaitop's workflows that await or undo operations.
var ownTypes = []string{workflows.AwaitOperationName, workflows.AwaitOperationsName, workflows.RunOperationName, workflows.UndoOperationName}

const (
	// changeVersion is the search attribute that workflow.GetVersion sets. Each namespace has it.
	changeVersion = "TemporalChangeVersion"
	// undoVersion is its value for a workflow whose saga has begun to undo.
	undoVersion = workflows.UndoChange + "-1"
)

func isGone(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}

// concernsAll reports whether a request about any other workflow would fail with the same
// error: the server is out of reach or overloaded, or the caller has no permission.
func concernsAll(err error) bool {
	switch lro.Code(serviceerror.ToStatus(err).Code()) {
	case lro.CodeUnavailable, lro.CodeDeadlineExceeded, lro.CodeCanceled, lro.CodeResourceExhausted,
		lro.CodePermissionDenied, lro.CodeUnauthenticated, lro.CodeUnimplemented, lro.CodeNotFound: // a workflow that is gone is another matter, see isGone
		return true
	default:
		return false
	}
}
