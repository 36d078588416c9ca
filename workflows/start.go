package workflows

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
)

// statusTimeout bounds the query for the options of a wait attached to.
const statusTimeout = 5 * time.Second

// WorkflowID returns the id of the workflow that [Start] runs for ref. Ids over
// 900 bytes are shortened to the collection and a SHA-256 of the Ref, or to the
// SHA-256 alone.
func WorkflowID(ref lro.Ref) string {
	return awaiters.ID(ref)
}

// Difference is an option of a running wait that differs from the caller's.
type Difference struct {
	// Field is the option's name in JSON, such as "timeout".
	Field string
	// Running and Wanted are its values in JSON, "" where it is absent.
	Running, Wanted string
}

// AwaitRun is a wait started or attached to by [Start]. It is safe for concurrent
// use.
type AwaitRun struct {
	// ID and RunID name the workflow; both "" if none was needed.
	ID, RunID string
	// Attached is true if the wait had been started before. The options of the first
	// caller rule, and a cancel of the wait concerns every caller.
	Attached bool
	// Differences are the options in which an attached wait differs from the caller's.
	Differences []Difference
	// DifferencesUnknown is why Differences could not be found out, such as that no worker
	// answered. nil if they are known.
	DifferencesUnknown error

	client  client.Client
	run     client.WorkflowRun
	outcome lro.Outcome
	err     error
}

// Start awaits ref in a workflow of its own, an [AwaitOperation] on the task queue with the
// id [WorkflowID]. If such a workflow already runs, or has succeeded, Start attaches to it.
// If one has failed or was canceled, Start starts a new one.
//
// If options.Operation is done, no workflow is needed, unless DeleteWhenDone is set. Invalid
// input is refused with an lro.TypeInvalidInput failure.
func Start(ctx context.Context, c client.Client, taskQueue string, ref lro.Ref, options AwaitOptions) (*AwaitRun, error) {
	in, err := awaitInput(ref, options)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, activities.NewError(lro.Invalid(ref, &lro.InvalidError{Field: "client", Value: "nil", Want: "a Temporal client"}))
	}
	if taskQueue == "" {
		return nil, activities.NewError(lro.Invalid(ref, &lro.InvalidError{Field: "taskQueue", Want: "the task queue of a worker that has awaitop registered"}))
	}
	if op := in.Operation; op != nil && op.Done && (ref.IsZero() || !in.DeleteWhenDone) {
		return doneRun(ref, *op), nil
	}
	id := WorkflowID(ref)
	start := in.StartOptions()
	start.ID, start.TaskQueue = id, taskQueue
	// Failing rather than using the existing one says which it was.
	start.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL
	start.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY
	start.WorkflowExecutionErrorWhenAlreadyStarted = true
	started, err := c.ExecuteWorkflow(ctx, start, AwaitOperationName, in)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	switch {
	case errors.As(err, &already):
		return attach(ctx, c, already.RunId, in), nil
	case err != nil:
		return nil, fmt.Errorf("start the wait for %s: %w", ref, err)
	}
	return &AwaitRun{ID: id, RunID: started.GetRunID(), client: c, run: started}, nil
}

// ValidateAwait reports why [Start] and [Await] would refuse a wait, as the same
// lro.TypeInvalidInput failure. It sends nothing, so a command can tell a person at once.
func ValidateAwait(ref lro.Ref, options AwaitOptions) error {
	_, err := awaitInput(ref, options)
	return err
}

func awaitInput(ref lro.Ref, options AwaitOptions) (AwaitInput, error) {
	in := AwaitInput{Ref: ref, AwaitOptions: options}
	return in, in.normalize()
}

// doneRun is the run of an operation that is done: it has no workflow.
func doneRun(ref lro.Ref, op lro.Operation) *AwaitRun {
	r := &AwaitRun{outcome: lro.Outcome{Ref: ref, Operation: op}}
	if op.State() != lro.StateSucceeded {
		r.err = activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: r.outcome})
	}
	return r
}

func attach(ctx context.Context, c client.Client, runID string, in AwaitInput) *AwaitRun {
	id := WorkflowID(in.Ref)
	r := &AwaitRun{ID: id, RunID: runID, Attached: true, client: c, run: c.GetWorkflow(ctx, id, runID)}
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	var running WaitStatus
	value, err := c.QueryWorkflow(ctx, id, runID, StatusQuery)
	if err == nil {
		err = value.Get(&running)
	}
	if err == nil {
		wanted := AwaitInput{Ref: in.Ref, AwaitOptions: in.withDefaults()}
		wanted.Policy.InitialInterval = in.Policy.InitialInterval
		r.Differences, err = differences(running.Input, wanted)
	}
	r.DifferencesUnknown = err
	return r
}

// differences compares two inputs field by field of their JSON. Operation is no option.
func differences(running, wanted AwaitInput) ([]Difference, error) {
	running.Operation, wanted.Operation = nil, nil
	a, errA := fields(running)
	b, errB := fields(wanted)
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	var out []Difference
	union := maps.Clone(a)
	maps.Copy(union, b)
	for _, field := range slices.Sorted(maps.Keys(union)) {
		if string(a[field]) != string(b[field]) {
			out = append(out, Difference{Field: field, Running: string(a[field]), Wanted: string(b[field])})
		}
	}
	return out, nil
}

func fields(in AwaitInput) (map[string]json.RawMessage, error) {
	encoded, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var out map[string]json.RawMessage
	return out, json.Unmarshal(encoded, &out)
}

// Get waits for the end of the wait. It returns what [Await] returns; the Outcome comes with
// every failure that has one. If ctx is done first, Get returns its error, and the wait goes
// on.
func (r *AwaitRun) Get(ctx context.Context) (lro.Outcome, error) {
	if r.run == nil {
		return r.outcome, r.err
	}
	var outcome lro.Outcome
	err := r.run.Get(ctx, &outcome)
	if err != nil {
		outcome, _ = lro.OutcomeOf(err)
	}
	return outcome, err
}

// Cancel cancels the wait's workflow, for every caller attached to it. The wait then does
// what its [CancelPolicy] says, and Get tells what became of it. If the wait has ended,
// Cancel does nothing and returns nil.
func (r *AwaitRun) Cancel(ctx context.Context) error {
	if r.run == nil {
		return nil
	}
	first, err := r.firstRun(ctx, r.RunID)
	if err != nil {
		return err
	}
	// The wait may have continued as new. Or it has ended, and another wait has the id.
	if current, err := r.firstRun(ctx, ""); err != nil || current != first {
		return err
	}
	return r.client.CancelWorkflow(ctx, r.ID, "")
}

// firstRun is the id of the run with which the wait of a run began. "" stands for the
// current run.
func (r *AwaitRun) firstRun(ctx context.Context, runID string) (string, error) {
	described, err := r.client.DescribeWorkflowExecution(ctx, r.ID, runID)
	if err != nil {
		return "", err
	}
	info := described.GetWorkflowExecutionInfo()
	return cmp.Or(info.GetFirstRunId(), info.GetExecution().GetRunId()), nil
}
