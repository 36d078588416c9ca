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

// actions are the actions of Temporal Cloud's bill for an await, beside the workflow itself: one
// for each attempt of an activity, each heartbeat sent and each timer.
type actions struct {
	Attempts   int `json:"activity_attempts"`
	Heartbeats int `json:"heartbeats"`
	Timers     int `json:"timers"`
	// FailedHeartbeats counts the Heartbeats that were answered with an error, by gRPC code. The
	// server answers NotFound if the activity is over for it, for example because its workflow was
	// canceled and did not wait for it.
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

// add returns the sum of two workers' actions.
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

// intercept is a grpc.UnaryClientInterceptor. It is innermost, and so sees each try.
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

// attempts counts the activity tasks in a reply. The server may give one at once to the worker that
// scheduled it.
func attempts(reply any) int {
	switch reply := reply.(type) {
	case *workflowservice.PollActivityTaskQueueResponse:
		if len(reply.GetTaskToken()) > 0 { // empty after a long poll without a task
			return 1
		}
	case *workflowservice.RespondWorkflowTaskCompletedResponse:
		return len(reply.GetActivityTasks())
	}
	return 0
}
