package serve

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestPollsProblem(t *testing.T) {
	t.Parallel()
	queue := pollTarget{"q", activityTasks}
	denied := status.Error(codes.PermissionDenied, "no")
	tests := map[string]struct {
		reason string
		do     func(p *polls)
		want   string
	}{
		"none":         {"no worker has polled", func(*polls) {}, errNoPoll.Error()},
		"just begun":   {"the server may refuse it yet", func(p *polls) { p.start(queue, time.Now()) }, errNoPoll.Error()},
		"held":         {"the server holds a poll that it has taken", func(p *polls) { p.start(queue, time.Now()); time.Sleep(pollTaken) }, ""},
		"answered":     {"a task, or none within a minute", func(p *polls) { p.start(queue, time.Now())(nil) }, ""},
		"all slots":    {"a worker without a free slot does not poll", func(p *polls) { p.start(queue, time.Now())(nil); time.Sleep(time.Hour) }, ""},
		"refused":      {"the server says why", func(p *polls) { p.start(queue, time.Now())(denied) }, "PermissionDenied"},
		"by the end":   {"a worker that stops cancels its polls", func(p *polls) { p.start(queue, time.Now())(context.Canceled) }, errNoPoll.Error()},
		"by gRPC":      {"which has a code of its own for that", func(p *polls) { p.start(queue, time.Now())(status.Error(codes.Canceled, "")) }, errNoPoll.Error()},
		"an older one": {"a poll taken before says nothing about now", func(p *polls) { p.start(queue, time.Now()); time.Sleep(pollTaken); p.start(queue, time.Now())(denied) }, "PermissionDenied"},
		"again held": {"a later one does", func(p *polls) {
			p.start(queue, time.Now())(denied)
			time.Sleep(time.Nanosecond)
			p.start(queue, time.Now())
			time.Sleep(pollTaken)
		}, ""},
		"again":        {"and so does an answer", func(p *polls) { p.start(queue, time.Now())(denied); p.start(queue, time.Now())(nil) }, ""},
		"another":      {"of its own task queue", func(p *polls) { p.start(pollTarget{"other", activityTasks}, time.Now())(nil) }, errNoPoll.Error()},
		"another kind": {"and of its own kind", func(p *polls) { p.start(pollTarget{"q", workflowTasks}, time.Now())(nil) }, errNoPoll.Error()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPolls()
				tt.do(p)
				err := p.problem(time.Now(), []pollTarget{queue})
				if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: %v, want %q", tt.reason, err, tt.want)
				}
			})
		})
	}
}

func TestPollsIntercept(t *testing.T) {
	t.Parallel()
	named := func(name string) *taskqueuepb.TaskQueue { return &taskqueuepb.TaskQueue{Name: name} }
	tests := map[string]struct {
		reason  string
		request any
		want    pollTarget // zero for none
	}{
		"activities": {"a poll", &workflowservice.PollActivityTaskQueueRequest{TaskQueue: named("q")}, pollTarget{"q", activityTasks}},
		"workflows":  {"a poll", &workflowservice.PollWorkflowTaskQueueRequest{TaskQueue: named("q")}, pollTarget{"q", workflowTasks}},
		"sticky":     {"it stands for the normal one", &workflowservice.PollWorkflowTaskQueueRequest{TaskQueue: &taskqueuepb.TaskQueue{Name: "host:1", NormalName: "q"}}, pollTarget{"q", workflowTasks}},
		"another":    {"no poll", &workflowservice.DescribeNamespaceRequest{}, pollTarget{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, refused := newPolls(), errors.New("refused")
			err := p.intercept(t.Context(), "", tt.request, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return refused })
			if !errors.Is(err, refused) {
				t.Errorf("%v, want the call's own error", err)
			}
			if tt.want == (pollTarget{}) {
				if len(p.targets) > 0 {
					t.Errorf("%s: %v is noted", tt.reason, p.targets)
				}
				return
			}
			if err := p.problem(time.Now(), []pollTarget{tt.want}); !errors.Is(err, refused) {
				t.Errorf("%s: %v, want its error at %v", tt.reason, err, tt.want)
			}
		})
	}
}
