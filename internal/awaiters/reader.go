package awaiters

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

const (
	// readsAtOnce is how many inputs are read at the same time.
	readsAtOnce = 8
	// queryTimeout bounds a query, because no worker may be there.
	queryTimeout = 3 * time.Second
	// statusQuery is workflows.StatusQuery.
	statusQuery = "awaitop.status"
)

// Server is the Temporal server: a client.Client.
type Server interface {
	ListWorkflow(ctx context.Context, request *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error)
	GetWorkflowHistory(ctx context.Context, workflowID, runID string, isLongPoll bool, filterType enumspb.HistoryEventFilterType) client.HistoryEventIterator
	QueryWorkflow(ctx context.Context, workflowID, runID, queryType string, args ...any) (converter.EncodedValue, error)
}

// Reader reads the inputs of awaitop's workflows.
type Reader struct {
	Server Server
	// Decode decodes the inputs. If it cannot, because the namespace has a payload codec, the workflow is queried.
	Decode converter.DataConverter
	// Wait returns when a request may be made, or an error if none may be made any more.
	Wait func(ctx context.Context) error
}

// Inputs reads the inputs of runs, in their order, some at the same time. The input of a run that is gone is zero.
func (r Reader) Inputs(ctx context.Context, runs []*workflowpb.WorkflowExecutionInfo) ([]Input, error) {
	return each(runs, func(run *workflowpb.WorkflowExecutionInfo) (Input, error) { return r.input(ctx, run.GetExecution()) })
}

// each reads something of each run, in their order, some at the same time.
func each[T any](runs []*workflowpb.WorkflowExecutionInfo, read func(*workflowpb.WorkflowExecutionInfo) (T, error)) ([]T, error) {
	all, errs := make([]T, len(runs)), make([]error, len(runs))
	slots := make(chan struct{}, readsAtOnce)
	var readers sync.WaitGroup
	for i, run := range runs {
		slots <- struct{}{}
		readers.Go(func() {
			defer func() { <-slots }()
			all[i], errs[i] = read(run)
		})
	}
	readers.Wait()
	return all, errors.Join(errs...)
}

// input reads the input of a run in the first event of its history.
func (r Reader) input(ctx context.Context, run *commonpb.WorkflowExecution) (Input, error) {
	if err := r.Wait(ctx); err != nil {
		return Input{}, err
	}
	events := r.Server.GetWorkflowHistory(ctx, run.GetWorkflowId(), run.GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	if !events.HasNext() {
		return Input{}, nil
	}
	first, err := events.Next()
	if isGone(err) {
		return Input{}, nil
	}
	if err != nil {
		return Input{}, err
	}
	payloads := first.GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads()
	if len(payloads) == 0 {
		return Input{}, nil
	}
	var raw converter.RawValue
	if r.Decode.FromPayload(payloads[0], &raw) == nil && json.Valid(raw.Payload().GetData()) {
		return inputOf(raw.Payload().GetData()), nil
	}
	return r.askedInput(ctx, run)
}

// askedInput asks the worker of a run for its input. Without an answer the input is unknown.
func (r Reader) askedInput(ctx context.Context, run *commonpb.WorkflowExecution) (Input, error) {
	var status struct {
		Input wire `json:"input"`
	}
	answer, err := r.query(ctx, run, statusQuery, &status)
	in := status.Input.input()
	in.Unknown = answer == silent
	return in, err
}

// answer says what became of a query.
type answer int

const (
	silent   answer = iota // no worker has answered in time, or the answer cannot be read
	answered               // the worker has told
	gone                   // the run is not there any more
)

// query asks the worker of a run. The error is that of the context, or of Wait.
func (r Reader) query(ctx context.Context, run *commonpb.WorkflowExecution, name string, into any) (answer, error) {
	if err := r.Wait(ctx); err != nil {
		return silent, err
	}
	bounded, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	value, err := r.Server.QueryWorkflow(bounded, run.GetWorkflowId(), run.GetRunId(), name)
	switch {
	case isGone(err):
		return gone, ctx.Err()
	case err != nil || value.Get(into) != nil:
		return silent, ctx.Err()
	default:
		return answered, nil
	}
}

func isGone(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
