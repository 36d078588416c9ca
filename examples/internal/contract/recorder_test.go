package contract_test

import (
	"context"
	"strings"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	nexuspb "go.temporal.io/api/nexus/v1"
	querypb "go.temporal.io/api/query/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/examples/internal/contract"
)

func payloads(texts ...string) *commonpb.Payloads {
	all := &commonpb.Payloads{}
	for _, text := range texts {
		all.Payloads = append(all.Payloads, payload(text))
	}
	return all
}

func payload(text string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(text)}
}

// call is a request with its reply.
type call struct{ request, reply any }

func (c call) through(t *testing.T, r *contract.Recorder) {
	t.Helper()
	invoke := func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return nil }
	if err := r.Intercept(t.Context(), "method", c.request, c.reply, nil, invoke); err != nil {
		t.Fatal(err)
	}
}

func takeActivity(name string, input *commonpb.Payloads) call {
	return call{&workflowservice.PollActivityTaskQueueRequest{}, &workflowservice.PollActivityTaskQueueResponse{
		TaskToken: []byte(name), ActivityType: &commonpb.ActivityType{Name: name}, Input: input,
	}}
}

func takeWorkflow(name string) call {
	return call{&workflowservice.PollWorkflowTaskQueueRequest{}, &workflowservice.PollWorkflowTaskQueueResponse{
		TaskToken: []byte(name), WorkflowType: &commonpb.WorkflowType{Name: name},
	}}
}

func answer(name string, commands ...*commandpb.Command) call {
	return call{&workflowservice.RespondWorkflowTaskCompletedRequest{TaskToken: []byte(name), Commands: commands}, nil}
}

func applicationFailure(kind string, details *commonpb.Payloads) *failurepb.Failure {
	return &failurepb.Failure{Cause: &failurepb.Failure{FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
		ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: kind, Details: details},
	}}}
}

// The recorder notices a payload that does not fit, wherever it passes.
func TestRecorderNotices(t *testing.T) {
	t.Parallel()
	const await, poll = "awaitop.AwaitOperation", "awaitop.PollOperation"
	rows := map[string][]call{
		"a workflow's input": {{&workflowservice.StartWorkflowExecutionRequest{
			WorkflowType: &commonpb.WorkflowType{Name: await}, Input: payloads(`{"ref":1}`),
		}, nil}},
		"a workflow's memo": {{&workflowservice.StartWorkflowExecutionRequest{
			Memo: &commonpb.Memo{Fields: map[string]*commonpb.Payload{"awaitop.observed": payload(`{}`)}},
		}, nil}},
		"a workflow's result": {takeWorkflow(await), answer(await, &commandpb.Command{Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
			CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: payloads(`{"polls":1}`)},
		}})},
		"a canceled workflow's detail": {takeWorkflow(await), answer(await, &commandpb.Command{Attributes: &commandpb.Command_CancelWorkflowExecutionCommandAttributes{
			CancelWorkflowExecutionCommandAttributes: &commandpb.CancelWorkflowExecutionCommandAttributes{Details: payloads(`{}`)},
		}})},
		"a child's input": {takeWorkflow("own"), answer("own", &commandpb.Command{Attributes: &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{
			StartChildWorkflowExecutionCommandAttributes: &commandpb.StartChildWorkflowExecutionCommandAttributes{
				WorkflowType: &commonpb.WorkflowType{Name: await}, Input: payloads(`{"origin":"worker","other":1}`),
			},
		}})},
		"an own workflow's failure": {takeWorkflow("own"), answer("own", &commandpb.Command{Attributes: &commandpb.Command_FailWorkflowExecutionCommandAttributes{
			FailWorkflowExecutionCommandAttributes: &commandpb.FailWorkflowExecutionCommandAttributes{Failure: applicationFailure("OperationFailed.ABORTED", payloads(`{}`))},
		}})},
		"an activity's input":  {takeActivity(poll, payloads(`{}`))},
		"an activity's result": {takeActivity(poll, nil), {&workflowservice.RespondActivityTaskCompletedRequest{TaskToken: []byte(poll), Result: payloads(`{}`)}, nil}},
		"an activity's heartbeat": {takeActivity(poll, nil), {&workflowservice.RecordActivityTaskHeartbeatRequest{
			TaskToken: []byte(poll), Details: payloads(`{"polls":"1"}`),
		}, nil}},
		"a heartbeat that is none": {takeActivity("awaitop.ListOperations", nil), {&workflowservice.RecordActivityTaskHeartbeatRequest{
			TaskToken: []byte("awaitop.ListOperations"), Details: payloads(`{}`),
		}, nil}},
		"details that are missing": {takeActivity(poll, nil), {&workflowservice.RespondActivityTaskFailedRequest{
			TaskToken: []byte(poll), Failure: applicationFailure("CancelFailed.UNAVAILABLE", payloads(`{"code":14}`)),
		}, nil}},
		"the second detail": {takeActivity(poll, nil), {&workflowservice.RespondActivityTaskFailedRequest{
			TaskToken: []byte(poll), Failure: applicationFailure("CancelFailed.UNAVAILABLE", payloads(`{"code":14}`, `"other"`)),
		}, nil}},
		"a request for any service": {takeActivity("awaitop.google.Start", payloads(`{"target":"t","key":"k","since":"2026-01-02T03:04:05Z","request":{"other":1}}`))},
		"an update's input":         {{updateOf(`{}`), &workflowservice.UpdateWorkflowExecutionResponse{}}},
		"an update's result": {{updateOf(`{"policy":{}}`), &workflowservice.UpdateWorkflowExecutionResponse{
			Outcome: &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: payloads(`{}`)}},
		}}},
		"a Nexus operation's input": {takeNexus(`{"ref":1}`)},
		"a Nexus operation's result": {takeNexus(`{"ref":"//s.googleapis.com/operations/o"}`), {&workflowservice.RespondNexusTaskCompletedRequest{
			TaskToken: []byte("get"), Response: &nexuspb.Response{Variant: &nexuspb.Response_StartOperation{StartOperation: &nexuspb.StartOperationResponse{
				Variant: &nexuspb.StartOperationResponse_SyncSuccess{SyncSuccess: &nexuspb.StartOperationResponse_Sync{Payload: payload(`[]`)}},
			}}},
		}, nil}},
		"a Nexus operation's later result": {{&workflowservice.PollWorkflowTaskQueueRequest{}, &workflowservice.PollWorkflowTaskQueueResponse{
			TaskToken: []byte("own"), History: &historypb.History{Events: []*historypb.HistoryEvent{
				{EventId: 5, Attributes: &historypb.HistoryEvent_NexusOperationScheduledEventAttributes{
					NexusOperationScheduledEventAttributes: &historypb.NexusOperationScheduledEventAttributes{Service: "awaitop.v1", Operation: "await"},
				}},
				{EventId: 9, Attributes: &historypb.HistoryEvent_NexusOperationCompletedEventAttributes{
					NexusOperationCompletedEventAttributes: &historypb.NexusOperationCompletedEventAttributes{ScheduledEventId: 5, Result: payload(`{}`)},
				}},
			}},
		}}},
		"a query's answer": {{
			&workflowservice.QueryWorkflowRequest{Query: &querypb.WorkflowQuery{QueryType: "awaitop.status"}},
			&workflowservice.QueryWorkflowResponse{QueryResult: payloads(`{}`)},
		}},
	}
	for name, calls := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := contract.NewRecorder(document(t))
			for _, c := range calls {
				c.through(t, r)
			}
			if problems := r.Problems(); len(problems) != 1 {
				t.Errorf("the problems are %q, want one", problems)
			}
		})
	}
}

func takeNexus(input string) call {
	return call{&workflowservice.PollNexusTaskQueueRequest{}, &workflowservice.PollNexusTaskQueueResponse{
		TaskToken: []byte("get"), Request: &nexuspb.Request{Variant: &nexuspb.Request_StartOperation{StartOperation: &nexuspb.StartOperationRequest{
			Service: "awaitop.v1", Operation: "get", Payload: payload(input),
		}}},
	}}
}

func updateOf(input string) *workflowservice.UpdateWorkflowExecutionRequest {
	return &workflowservice.UpdateWorkflowExecutionRequest{Request: &updatepb.Request{Input: &updatepb.Input{Name: "awaitop.setPolicy", Args: payloads(input)}}}
}

// The recorder counts what fits, and leaves out what is not awaitop's or is encoded.
func TestRecorderCounts(t *testing.T) {
	t.Parallel()
	r := contract.NewRecorder(document(t))
	all := len(r.Unseen())
	encoded := payloads(`{}`)
	encoded.Payloads[0].Metadata["encoding"] = []byte("binary/encrypted")
	for _, c := range []call{
		takeActivity("own", payloads(`{}`)),
		takeActivity("awaitop.PollOperation", encoded),
		takeActivity("awaitop.GetOperation", payloads(`{"ref":"//s.googleapis.com/operations/o"}`)),
		{updateOf(`{"policy":{"maximumInterval":"1m"}}`), &workflowservice.UpdateWorkflowExecutionResponse{}},
	} {
		c.through(t, r)
	}
	if problems := r.Problems(); len(problems) > 0 {
		t.Error(strings.Join(problems, "\n"))
	}
	if seen := r.Seen(); len(seen) != 2 || seen[contract.Kind{Role: "activity input", Of: "OperationInput"}] != 1 {
		t.Errorf("seen are %v, want one input of an activity and one of an update", seen)
	}
	if unseen := r.Unseen(); len(unseen) != all-2 {
		t.Errorf("%d of %d kinds are unseen, want two less", len(unseen), all)
	}
}
