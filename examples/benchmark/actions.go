package main

import (
	"context"
	"maps"
	"sync"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// actions are what Temporal Cloud bills of an await beside the workflow itself:
// an action for each attempt of an activity, each heartbeat sent and each timer.
type actions struct {
	Attempts   int `json:"activity_attempts"`
	Heartbeats int `json:"heartbeats"`
	Timers     int `json:"timers"`
	// FailedHeartbeats are those of Heartbeats that were answered with an
	// error, by gRPC code. NotFound is the answer where the activity is over
	// for the server, such as that of a workflow that was canceled and did not
	// wait for it.
	FailedHeartbeats map[string]int `json:"failed_heartbeats,omitempty"`
}

func (a actions) total() int { return a.Attempts + a.Heartbeats + a.Timers }

func (a actions) failedHeartbeats() int {
	sum := 0
	for _, n := range a.FailedHeartbeats {
		sum += n
	}
	return sum
}

// add returns the sum of two workers'.
func (a actions) add(b actions) actions {
	failed := map[string]int{}
	for _, one := range []actions{a, b} {
		for code, n := range one.FailedHeartbeats {
			failed[code] += n
		}
	}
	return actions{a.Attempts + b.Attempts, a.Heartbeats + b.Heartbeats, a.Timers + b.Timers, failed}
}

// actionCounter counts actions on a worker's connection.
type actionCounter struct {
	mu   sync.Mutex
	seen actions
}

func newActionCounter() *actionCounter {
	return &actionCounter{seen: actions{FailedHeartbeats: map[string]int{}}}
}

func (c *actionCounter) get() actions {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	seen.FailedHeartbeats = maps.Clone(seen.FailedHeartbeats)
	return seen
}

// intercept is a grpc.UnaryClientInterceptor. It is innermost, and so sees each
// try that is sent.
func (c *actionCounter) intercept(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	err := invoke(ctx, method, request, reply, conn, options...)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch request := request.(type) {
	case *workflowservice.RecordActivityTaskHeartbeatRequest:
		c.seen.Heartbeats++
		if err != nil {
			c.seen.FailedHeartbeats[status.Code(err).String()]++
		}
	case *workflowservice.RespondWorkflowTaskCompletedRequest:
		if err == nil {
			c.seen.Timers += timers(request)
		}
	}
	if err == nil {
		c.seen.Attempts += attempts(reply)
	}
	return err
}

func timers(request *workflowservice.RespondWorkflowTaskCompletedRequest) int {
	started := 0
	for _, command := range request.GetCommands() {
		if command.GetCommandType() == enumspb.COMMAND_TYPE_START_TIMER {
			started++
		}
	}
	return started
}

// attempts counts the activity tasks a reply holds. The server may hand one out
// at once to the worker that scheduled it.
func attempts(reply any) int {
	switch reply := reply.(type) {
	case *workflowservice.PollActivityTaskQueueResponse:
		if len(reply.GetTaskToken()) > 0 { // empty after a long poll without any
			return 1
		}
	case *workflowservice.RespondWorkflowTaskCompletedResponse:
		return len(reply.GetActivityTasks())
	}
	return 0
}
