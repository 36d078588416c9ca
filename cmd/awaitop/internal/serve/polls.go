package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// pollTaken is the age from which on a poll counts as taken: the Temporal server ends a poll that it refuses at once. A
// poll that gets a task may end sooner, in success.
const pollTaken = time.Second

// taskKind is the kind of tasks of a poll.
type taskKind string

const (
	workflowTasks taskKind = "workflow"
	activityTasks taskKind = "activity"
)

// pollTarget is the task queue and the kind of tasks of a poll.
type pollTarget struct {
	taskQueue string
	kind      taskKind
}

// polls watches on the workers' connection whether the Temporal server takes their long polls. Its methods are safe for
// concurrent use.
type polls struct {
	mu      sync.Mutex
	targets map[pollTarget]*polling
}

// polling is the state of the polls for one target.
type polling struct {
	running  map[*time.Time]bool // the running polls, by their starts
	answered bool                // whether the last poll that ended got an answer
	err      error               // the error of the last poll that ended, nil for an answer
	failed   time.Time           // when a poll last ended in an error
}

func newPolls() *polls { return &polls{targets: map[pollTarget]*polling{}} }

// intercept is a grpc.UnaryClientInterceptor.
func (p *polls) intercept(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	target, isPoll := targetOf(request)
	if !isPoll {
		return invoke(ctx, method, request, reply, conn, options...)
	}
	end := p.start(target, time.Now())
	err := invoke(ctx, method, request, reply, conn, options...)
	end(err)
	return err
}

// targetOf is the target of a poll. The sticky queue of a worker counts as its normal queue.
func targetOf(request any) (pollTarget, bool) {
	switch r := request.(type) {
	case *workflowservice.PollWorkflowTaskQueueRequest:
		if normal := r.GetTaskQueue().GetNormalName(); normal != "" {
			return pollTarget{normal, workflowTasks}, true
		}
		return pollTarget{r.GetTaskQueue().GetName(), workflowTasks}, true
	case *workflowservice.PollActivityTaskQueueRequest:
		return pollTarget{r.GetTaskQueue().GetName(), activityTasks}, true
	default:
		return pollTarget{}, false
	}
}

// start notes the start of a poll. The caller calls end once the poll has ended.
func (p *polls) start(target pollTarget, at time.Time) (end func(error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.targets[target]
	if of == nil {
		of = &polling{running: map[*time.Time]bool{}}
		p.targets[target] = of
	}
	of.running[&at] = true
	return func(err error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(of.running, &at)
		if status.Code(err) != codes.Canceled && !errors.Is(err, context.Canceled) { // else the worker ended it
			of.answered, of.err = err == nil, err
			if err != nil {
				of.failed = time.Now()
			}
		}
	}
}

// problem returns why a target is not polled now, nil if all are.
func (p *polls) problem(now time.Time, targets []pollTarget) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, target := range targets {
		if err := p.targets[target].problem(now); err != nil {
			return fmt.Errorf("task queue %q is not polled for %s tasks: %w", target.taskQueue, target.kind, err)
		}
	}
	return nil
}

var errNoPoll = errors.New("the Temporal server has not taken a poll yet")

// problem returns why a target is not polled now, nil if it is. A worker without a free slot does not poll. It counts as
// polling, because its last poll got an answer.
func (of *polling) problem(now time.Time) error {
	if of == nil {
		return errNoPoll
	}
	for start := range of.running {
		if start.After(of.failed) && now.Sub(*start) >= pollTaken {
			return nil
		}
	}
	switch {
	case of.err != nil:
		return of.err
	case !of.answered:
		return errNoPoll
	default:
		return nil
	}
}
