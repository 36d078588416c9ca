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
	inputs, errs := make([]Input, len(runs)), make([]error, len(runs))
	slots := make(chan struct{}, readsAtOnce)
	var all sync.WaitGroup
	for i, run := range runs {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			inputs[i], errs[i] = r.input(ctx, run.GetExecution())
		})
	}
	all.Wait()
	return inputs, errors.Join(errs...)
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
	return r.query(ctx, run)
}

// query asks the worker of a run for its input. Without an answer the input is unknown.
func (r Reader) query(ctx context.Context, run *commonpb.WorkflowExecution) (Input, error) {
	if err := r.Wait(ctx); err != nil {
		return Input{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	value, err := r.Server.QueryWorkflow(bounded, run.GetWorkflowId(), run.GetRunId(), statusQuery)
	if err != nil {
		return Input{Unknown: !isGone(err)}, ctx.Err()
	}
	var status struct {
		Input wire `json:"input"`
	}
	err = value.Get(&status)
	in := status.Input.input()
	in.Unknown = err != nil
	return in, nil
}

func isGone(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
