package main

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// exchange is a request of a worker and what came of it.
type exchange struct {
	reason         string
	request, reply any
	err            error
	want           actions
}

func exchanges() []exchange {
	timer := &command.Command{CommandType: enumspb.COMMAND_TYPE_START_TIMER}
	other := &command.Command{CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK}
	task := &workflowservice.PollActivityTaskQueueResponse{TaskToken: []byte{1}}
	poll := &workflowservice.PollActivityTaskQueueRequest{}
	beat := &workflowservice.RecordActivityTaskHeartbeatRequest{}
	completed := &workflowservice.RespondWorkflowTaskCompletedRequest{Commands: []*command.Command{timer, other, timer}}
	lost := status.Error(codes.NotFound, "no such activity")
	return []exchange{
		{"a task is an attempt", poll, task, nil, actions{Attempts: 1}},
		{"an empty long poll is none", poll, &workflowservice.PollActivityTaskQueueResponse{}, nil, actions{}},
		{"nor is one that failed", poll, task, lost, actions{}},
		{"a heartbeat", beat, &workflowservice.RecordActivityTaskHeartbeatResponse{}, nil, actions{Heartbeats: 1}},
		{"a failed one was sent as well", beat, nil, lost, actions{Heartbeats: 1, FailedHeartbeats: map[string]int{"NotFound": 1}}},
		{"two timers of three commands", completed, &workflowservice.RespondWorkflowTaskCompletedResponse{}, nil, actions{Timers: 2}},
		{"a refused completion starts none", completed, nil, lost, actions{}},
		{
			"activities handed out at once", &workflowservice.RespondWorkflowTaskCompletedRequest{},
			&workflowservice.RespondWorkflowTaskCompletedResponse{ActivityTasks: []*workflowservice.PollActivityTaskQueueResponse{task, task}}, nil, actions{Attempts: 2},
		},
		{"anything else", &workflowservice.PollWorkflowTaskQueueRequest{}, &workflowservice.PollWorkflowTaskQueueResponse{TaskToken: []byte{1}}, nil, actions{}},
	}
}

func TestActionCounter(t *testing.T) {
	t.Parallel()
	sum := actions{}
	all := newActionCounter()
	for _, row := range exchanges() {
		invoke := func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return row.err }
		one := newActionCounter()
		for _, counter := range []*actionCounter{one, all} {
			if err := counter.intercept(t.Context(), "", row.request, row.reply, nil, invoke); err != row.err { //nolint:errorlint // passed on as it is
				t.Errorf("%s: error %v, want %v", row.reason, err, row.err)
			}
		}
		if diff := cmp.Diff(row.want, one.get(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
		sum = sum.add(row.want)
	}
	if diff := cmp.Diff(sum, all.get(), cmpopts.EquateEmpty()); diff != "" || sum.total() != 7 || sum.failedHeartbeats() != 1 {
		t.Errorf("all together, %d actions (-want +got):\n%s", sum.total(), diff)
	}
}
