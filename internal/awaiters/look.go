package awaiters

import (
	"context"
	"errors"
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

	// listPage is the most workflows that the server lists at once.
	listPage = 1000
)

// Bounds bound a look.
type Bounds struct {
	// Listed is the most workflows that are listed. Read is the most whose inputs are read, or that are asked.
	Listed, Read int
}

// Found is what a look has found.
type Found struct {
	// Waits are the running workflows that await the operations, the newest first.
	Waits map[lro.Ref][]*workflowpb.WorkflowExecutionInfo
	// Cut says that more workflows run than the bounds allow to look through, or that the input of one is unknown, or
	// that one could not be asked.
	Cut bool
	// Open says that a step may await one of the operations, now or soon: a RunOperation was not or could not be asked,
	// or has yet to start or to adopt an operation on a target that fits.
	Open bool
}

// Look finds the running workflows of awaitop that await operations. It lists all of them. A workflow with the search
// attribute tells its operation in the list, and an AwaitOperation that workflows.Start runs by its id. Of other waits it
// reads the inputs. It asks the other RunOperations and UndoOperations, 3 s each at most. These come first: if the bounds
// end the look among the waits, the runs have been asked.
func (r Reader) Look(ctx context.Context, refs []lro.Ref, bounds Bounds) (Found, error) {
	l := look{Reader: r, refs: refs, bounds: bounds, asker: &asker{Reader: r, silence: NewSilence()}}
	l.found.Waits = map[lro.Ref][]*workflowpb.WorkflowExecutionInfo{}
	err := l.all(ctx, RunOperation, UndoOperation)
	l.found.Open = l.found.Open || l.full
	if err == nil && !l.full {
		err = l.all(ctx, AwaitOperation, AwaitOperations)
	}
	for _, waits := range l.found.Waits {
		slices.SortStableFunc(waits, func(a, b *workflowpb.WorkflowExecutionInfo) int {
			return b.GetStartTime().AsTime().Compare(a.GetStartTime().AsTime())
		})
	}
	return l.found, err
}

// look is one Look under way.
type look struct {
	Reader
	refs   []lro.Ref
	bounds Bounds
	listed int
	full   bool // a bound was met
	asker  *asker
	found  Found
}

// all looks through the running workflows of the types, until a bound is met.
func (l *look) all(ctx context.Context, types ...string) error {
	var quoted []string
	for _, name := range types {
		quoted = append(quoted, Quoted(name))
	}
	return l.Pages(ctx, "ExecutionStatus = 'Running' AND WorkflowType IN ("+strings.Join(quoted, ", ")+")",
		func(page []*workflowpb.WorkflowExecutionInfo) (bool, error) { return l.through(ctx, page) })
}

// through looks through a page. more is false if a bound was met.
func (l *look) through(ctx context.Context, page []*workflowpb.WorkflowExecutionInfo) (more bool, err error) {
	untold := l.untold(page)
	if len(untold) > l.bounds.Read {
		untold, l.full = untold[:l.bounds.Read], true
	}
	l.bounds.Read -= len(untold)
	var waits, runs []*workflowpb.WorkflowExecutionInfo
	for _, one := range untold {
		if isRun(one) {
			runs = append(runs, one)
		} else {
			waits = append(waits, one)
		}
	}
	l.listed += len(page)
	l.full = l.full || l.listed >= l.bounds.Listed
	l.found.Cut = l.found.Cut || l.full
	return !l.full, errors.Join(l.read(ctx, waits), l.ask(ctx, runs))
}

// read looks at the inputs of waits.
func (l *look) read(ctx context.Context, waits []*workflowpb.WorkflowExecutionInfo) error {
	inputs, err := l.Inputs(ctx, waits)
	for i, input := range inputs {
		l.found.Cut = l.found.Cut || input.Unknown
		l.add(waits[i], input.Refs...)
	}
	return err
}

// ask asks runs for their operations.
func (l *look) ask(ctx context.Context, runs []*workflowpb.WorkflowExecutionInfo) error {
	answers, err := each(runs, func(run *workflowpb.WorkflowExecutionInfo) (told, error) { return l.asker.ask(ctx, run) })
	for i, told := range answers {
		l.found.Cut = l.found.Cut || told.unasked
		l.found.Open = l.found.Open || told.unasked || told.mayAwait(l.refs)
		l.add(runs[i], told.ref)
	}
	return err
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

// untold adds the workflows whose attribute tells what they await, and returns those that have to be read or asked.
func (l *look) untold(page []*workflowpb.WorkflowExecutionInfo) (untold []*workflowpb.WorkflowExecutionInfo) {
	for _, run := range page {
		awaited, known := attributeOf(run)
		switch {
		case known && len(awaited) > 0:
			for _, ref := range l.refs {
				if slices.Contains(awaited, orphans.Keyword(ref.String())) {
					l.add(run, ref)
				}
			}
		case isRun(run), !isAnothers(run.GetExecution().GetWorkflowId(), l.refs):
			untold = append(untold, run)
		}
	}
	return untold
}

// add adds a workflow that awaits operations, for those of them that are looked for.
func (l *look) add(run *workflowpb.WorkflowExecutionInfo, awaited ...lro.Ref) {
	for _, ref := range l.refs {
		if slices.Contains(awaited, ref) {
			l.found.Waits[ref] = append(l.found.Waits[ref], run)
		}
	}
}

func isRun(run *workflowpb.WorkflowExecutionInfo) bool {
	return run.GetType().GetName() == RunOperation || run.GetType().GetName() == UndoOperation
}

// Told is the operation of an AwaitOperation, if its search attribute or its id tells it.
func Told(run *workflowpb.WorkflowExecutionInfo) (ref lro.Ref, known bool) {
	if awaited, has := attributeOf(run); has && len(awaited) == 1 {
		ref, err := lro.ParseRef(awaited[0]) // a long one was cut
		return ref, err == nil
	}
	return refOf(run.GetExecution().GetWorkflowId())
}

// attributeOf is what the search attribute of a workflow tells of all that it awaits. That of a set holds beginnings of
// names only. A run without one may await an operation all the same.
func attributeOf(run *workflowpb.WorkflowExecutionInfo) (awaited []string, known bool) {
	payload := run.GetSearchAttributes().GetIndexedFields()[orphans.OperationAttribute]
	if payload == nil || run.GetType().GetName() == AwaitOperations {
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
