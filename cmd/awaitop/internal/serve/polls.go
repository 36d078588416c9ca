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

// pollTaken is for how long the Temporal server holds a poll that it has taken, at the
// least: one that it refuses ends at once. A poll with a task ends sooner, in success.
const pollTaken = time.Second

// taskKind is what a task queue is polled for.
type taskKind string

const (
	workflowTasks taskKind = "workflow"
	activityTasks taskKind = "activity"
)

// pollTarget is what one of the process's pollers asks the Temporal server for.
type pollTarget struct {
	taskQueue string
	kind      taskKind
}

// polls watches the long polls of the process's workers on their connection: whether
// the Temporal server takes them. Its methods are safe for concurrent use.
type polls struct {
	mu      sync.Mutex
	targets map[pollTarget]*polling
}

// polling is what is known of one target's polls.
type polling struct {
	underWay map[*time.Time]bool // by when each began
	answered bool                // the last that has ended did so in an answer
	err      error               // or in this,
	failed   time.Time           // then
}

func newPolls() *polls { return &polls{targets: map[pollTarget]*polling{}} }

// intercept is a grpc.UnaryClientInterceptor.
func (p *polls) intercept(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	target, is := targetOf(request)
	if !is {
		return invoke(ctx, method, request, reply, conn, options...)
	}
	ended := p.began(target, time.Now())
	err := invoke(ctx, method, request, reply, conn, options...)
	ended(err)
	return err
}

// targetOf is what a request polls for. A worker polls a sticky queue of its own, too,
// which counts as the one it is for.
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

// began notes that a poll has begun, and returns what notes its end.
func (p *polls) began(target pollTarget, at time.Time) (ended func(error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.targets[target]
	if of == nil {
		of = &polling{underWay: map[*time.Time]bool{}}
		p.targets[target] = of
	}
	of.underWay[&at] = true
	return func(err error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(of.underWay, &at)
		if status.Code(err) != codes.Canceled && !errors.Is(err, context.Canceled) { // by the worker itself
			of.answered, of.err = err == nil, err
			if err != nil {
				of.failed = time.Now()
			}
		}
	}
}

// problem is why not all targets are polled now, nil if they are.
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

// problem is why a target is not polled. A worker all of whose slots are taken does not
// poll, and is fine: its last poll was answered.
func (of *polling) problem(now time.Time) error {
	if of == nil {
		return errNoPoll
	}
	for began := range of.underWay {
		if began.After(of.failed) && now.Sub(*began) >= pollTaken {
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
