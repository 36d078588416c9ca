package control

import (
	"context"
	"errors"
	"fmt"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// DefaultMaxReads is [FindOptions]'s MaxReads if that is 0.
const DefaultMaxReads = 1000

// maxLooked is the most running workflows that a [Find] lists.
const maxLooked = 10_000

// FindOptions configures [Find]. The zero value is the default.
type FindOptions struct {
	// Options has the DataConverter that decodes the inputs of workflows, and the Limit.
	Options
	// MaxReads is the most workflows whose inputs are read or that are asked, 0 for [DefaultMaxReads]. Each takes a
	// request.
	MaxReads int
}

// Found is what [Find] has found.
type Found struct {
	// Statuses are the running workflows, as a [List] without descriptions returns them. [DescribeAll] describes them.
	Statuses []*Status
	// Cut says that a wait may be missing: more workflows run than Find looks through, or the input of one is encoded
	// by a codec that the DataConverter does not have, and no worker tells it, or no worker tells what a RunOperation or
	// UndoOperation awaits. A wait with search attributes is never missing for that.
	Cut bool
}

// Find finds the running workflows that await an operation, whatever their ids. It looks in this order:
//
//   - at the workflow that [workflows.Start] runs for ref;
//   - if the namespace has [workflows.OperationAttribute], for workflows that carry ref there, which may be your own
//     with inline waits or with a saga that undoes;
//   - through the running AwaitOperations, AwaitOperations of sets, RunOperations and UndoOperations, the newest 10,000,
//     such as children with an id of their own. The server does not list their inputs, so Find reads those of waits, and
//     queries runs and undos, up to MaxReads in all. A query takes 3 s at most. Once eight on a task queue were not
//     answered, no more are sent there.
//
// An inline wait without search attributes is not found. A workflow that has just started may be missing, because the
// server's list lags by a second or so. The error is the server's, or a failure of lro.TypeInvalidInput.
func Find(ctx context.Context, c client.Client, ref lro.Ref, options FindOptions) (Found, error) {
	switch err := ref.Validate(); {
	case err != nil:
		return Found{}, activities.NewError(lro.Invalid(ref, err))
	case options.MaxReads < 0:
		return Found{}, &lro.InvalidError{Field: "maxReads", Value: fmt.Sprint(options.MaxReads), Want: "0 (the default) or more"}
	case options.MaxReads == 0:
		options.MaxReads = DefaultMaxReads
	}
	f := finding{client: c, ref: ref, options: options}
	for _, look := range []func(context.Context) error{f.byID, f.byAttribute, f.byInput} {
		if err := look(ctx); err != nil {
			return Found{}, fmt.Errorf("find the waits for %s: %w", ref, err)
		}
	}
	return f.found, nil
}

// finding is a Find under way.
type finding struct {
	client  client.Client
	ref     lro.Ref
	options FindOptions
	found   Found
}

// add adds running workflows that were not found before.
func (f *finding) add(all ...*workflowpb.WorkflowExecutionInfo) {
	for _, info := range all {
		run := info.GetExecution().GetRunId()
		if info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING && !slices.ContainsFunc(f.found.Statuses, func(s *Status) bool { return s.RunID == run }) {
			f.found.Statuses = append(f.found.Statuses, listedStatus(info))
		}
	}
}

func (f *finding) byID(ctx context.Context) error {
	if err := f.options.wait(ctx); err != nil {
		return err
	}
	described, err := f.client.DescribeWorkflowExecution(ctx, workflows.WorkflowID(f.ref), "")
	if isGone(err) {
		return nil
	}
	f.add(described.GetWorkflowExecutionInfo())
	return err
}

func (f *finding) byAttribute(ctx context.Context) error {
	filter := fmt.Sprintf("ExecutionStatus = 'Running' AND %s = %s", workflows.OperationAttribute.GetName(), awaiters.Quoted(orphans.Keyword(f.ref.String())))
	err := f.reader().Pages(ctx, filter, func(page []*workflowpb.WorkflowExecutionInfo) (bool, error) {
		f.add(page...)
		return true, nil
	})
	var invalid *serviceerror.InvalidArgument
	if errors.As(err, &invalid) { // the namespace has no such attribute
		return nil
	}
	return err
}

func (f *finding) byInput(ctx context.Context) error {
	found, err := f.reader().Look(ctx, []lro.Ref{f.ref}, awaiters.Bounds{Listed: maxLooked, Read: f.options.MaxReads})
	f.add(found.Waits[f.ref]...)
	f.found.Cut = found.Cut
	return err
}

func (f *finding) reader() awaiters.Reader {
	return awaiters.Reader{Server: f.client, Decode: f.options.converter(), Wait: f.options.wait}
}
