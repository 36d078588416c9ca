package awaiters

import (
	"context"
	"slices"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

const (
	// AwaitOperation is the type of the workflows that await one operation.
	AwaitOperation = "awaitop.AwaitOperation"
	// AwaitOperations is the type of those that await several.
	AwaitOperations = "awaitop.AwaitOperations"

	// RunOperation is the type of those that run a step.
	RunOperation = "awaitop.RunOperation"
	// UndoOperation is the type of those that undo one.
	UndoOperation = "awaitop.UndoOperation"

	// listPage is the most workflows that the server lists at once.
	listPage = 1000
)

// Bounds bound a look.
type Bounds struct {
	// Listed is the most workflows that are listed, in thousands. Read is the most inputs that are read.
	Listed, Read int
}

// Found is what a look has found.
type Found struct {
	// Waits are the running workflows that await the operations, the newest first.
	Waits map[lro.Ref][]*workflowpb.WorkflowExecutionInfo
	// Cut says that more workflows run than the bounds allow to look through, or that the input of one is unknown.
	Cut bool
}

// Look finds the running AwaitOperations, and those of sets, that await operations. It lists all of them, the newest
// first. An AwaitOperation with the search attribute tells its operation in the list, and one that workflows.Start runs
// by its id. Of the others it reads the inputs.
func (r Reader) Look(ctx context.Context, refs []lro.Ref, bounds Bounds) (Found, error) {
	found := Found{Waits: map[lro.Ref][]*workflowpb.WorkflowExecutionInfo{}}
	filter := "ExecutionStatus = 'Running' AND WorkflowType IN ('" + AwaitOperation + "', '" + AwaitOperations + "')"
	listed, full := 0, false
	err := r.Pages(ctx, filter, func(page []*workflowpb.WorkflowExecutionInfo) (more bool, err error) {
		candidates := found.told(page, refs)
		if len(candidates) > bounds.Read {
			candidates, full = candidates[:bounds.Read], true
		}
		bounds.Read -= len(candidates)
		inputs, err := r.Inputs(ctx, candidates)
		if err != nil {
			return false, err
		}
		for i, input := range inputs {
			found.Cut = found.Cut || input.Unknown
			found.add(candidates[i], input.Refs, refs)
		}
		listed += len(page)
		full = full || listed >= bounds.Listed
		return !full, nil
	})
	found.Cut = found.Cut || full
	return found, err
}

// Pages lists workflows page by page, as long as each wants more.
func (r Reader) Pages(ctx context.Context, filter string, each func(page []*workflowpb.WorkflowExecutionInfo) (more bool, err error)) error {
	for token, more := []byte(nil), true; more; {
		if err := r.Wait(ctx); err != nil {
			return err
		}
		page, err := r.Server.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: listPage, NextPageToken: token, Query: filter})
		if err != nil {
			return err
		}
		if more, err = each(page.GetExecutions()); err != nil {
			return err
		}
		token = page.GetNextPageToken()
		more = more && len(token) > 0
	}
	return nil
}

// told adds the workflows whose attribute tells what they await, and returns those whose input has to be read.
func (f *Found) told(page []*workflowpb.WorkflowExecutionInfo, refs []lro.Ref) (unread []*workflowpb.WorkflowExecutionInfo) {
	for _, run := range page {
		awaited, known := attributeOf(run)
		switch {
		case known:
			for _, ref := range refs {
				if slices.Contains(awaited, orphans.Keyword(ref.String())) {
					f.add(run, refs, []lro.Ref{ref})
				}
			}
		case !isAnothers(run.GetExecution().GetWorkflowId(), refs):
			unread = append(unread, run)
		}
	}
	return unread
}

// add adds a workflow that awaits operations, for those of them that are looked for.
func (f *Found) add(run *workflowpb.WorkflowExecutionInfo, awaited, refs []lro.Ref) {
	for _, ref := range refs {
		if slices.Contains(awaited, ref) {
			f.Waits[ref] = append(f.Waits[ref], run)
		}
	}
}

// Told is the operation of an AwaitOperation, if its search attribute or its id tells it.
func Told(run *workflowpb.WorkflowExecutionInfo) (ref lro.Ref, known bool) {
	if awaited, has := attributeOf(run); has && len(awaited) == 1 {
		ref, err := lro.ParseRef(awaited[0]) // a long one was cut
		return ref, err == nil
	}
	return refOf(run.GetExecution().GetWorkflowId())
}

// attributeOf is what the search attribute of an AwaitOperation holds. That of a set holds beginnings of names only.
func attributeOf(run *workflowpb.WorkflowExecutionInfo) (awaited []string, known bool) {
	payload := run.GetSearchAttributes().GetIndexedFields()[orphans.OperationAttribute]
	if payload == nil || run.GetType().GetName() != AwaitOperation {
		return nil, false
	}
	return keywords(payload)
}

func keywords(payload *commonpb.Payload) (all []string, read bool) {
	decode := converter.GetDefaultDataConverter() // no codec encodes search attributes
	if decode.FromPayload(payload, &all) == nil {
		return all, true
	}
	var one string
	return []string{one}, decode.FromPayload(payload, &one) == nil
}

// isAnothers reports whether an id is that of the wait that workflows.Start runs for none of the operations. An id that
// begins with one of their waits' may be any caller's own.
func isAnothers(id string, refs []lro.Ref) bool {
	of, is := refOf(id)
	return is && !slices.ContainsFunc(refs, func(ref lro.Ref) bool { return strings.HasPrefix(of.String(), ref.String()) })
}

// Quoted is a text as a value in a list filter.
func Quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
