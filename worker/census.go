package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/workflows"
)

// countTimeout bounds one count.
const countTimeout = 5 * time.Second

// describer asks the Temporal server who has polled a task queue: a client.Client.
type describer interface {
	DescribeTaskQueue(ctx context.Context, taskQueue string, kind enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error)
}

// census counts the workers that serve the task queues of this process, and tells the Poller, which
// divides the totals of budgets by their number. It counts while a worker of the process runs. A
// count that fails changes nothing. Its methods are safe for concurrent use. A nil census, for
// budgets without a total, does nothing.
type census struct {
	poller *poller.Poller
	every  time.Duration
	clock  poller.Clock
	random func() float64
	log    *slog.Logger
	meters *censusInstruments

	mu      sync.Mutex
	members map[string]*member // the running workers of this process, by instance
	end     context.CancelFunc // ends the counts, nil while there are none
	tally   tally
	divisor int
	failing bool // whether the last count failed
}

// member is a running worker of this process.
type member struct {
	since  time.Time
	client describer // nil until it is known
	polls  []polled
}

// polled is a task queue, and the kind of tasks that a worker polls it for.
type polled struct {
	taskQueue string
	kind      enumspb.TaskQueueType
}

// pollsOf are the polls of a worker on a task queue.
func pollsOf(taskQueue string) []polled {
	return []polled{{taskQueue, enumspb.TASK_QUEUE_TYPE_ACTIVITY}, {taskQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW}}
}

// pollsOfFleet are the polls of a worker that serves a control task queue, too.
func pollsOfFleet(taskQueue string) []polled {
	return append(pollsOf(taskQueue), polled{workflows.ControlTaskQueue(taskQueue), enumspb.TASK_QUEUE_TYPE_ACTIVITY})
}

// join notes that a worker starts. Call it before the worker runs activities.
func (c *census) join(instance string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.members) == 0 {
		c.tally, c.failing = tally{}, false
	}
	c.members[instance] = &member{since: c.clock.Now()}
	c.apply()
}

// reach notes the client and the polls of a worker that has joined, and counts from then on. Further
// calls change nothing.
func (c *census) reach(instance string, client describer, polls []polled) {
	if c == nil || client == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.members[instance]
	if m == nil || m.client != nil {
		return
	}
	m.client, m.polls = client, polls
	if c.end == nil {
		ctx, end := context.WithCancel(context.Background())
		c.end = end
		go c.run(ctx)
	}
}

// leave notes that a worker stops. The last one ends the counts.
func (c *census) leave(instance string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.members, instance)
	for _, m := range c.members {
		if m.client != nil {
			return
		}
	}
	if c.end != nil {
		c.end()
		c.end = nil
	}
}

// run counts until ctx is done.
func (c *census) run(ctx context.Context) {
	for counts := 0; c.clock.Sleep(ctx, c.pause(counts)) == nil; counts++ {
		found, err := c.count(ctx)
		if ctx.Err() != nil {
			return
		}
		c.take(found, err)
	}
}

// errNoWorker says that a server reports no polls at all, although this process polls.
var errNoWorker = errors.New("the Temporal server reports no worker on the task queues of this one")

// count asks the Temporal server who polls the task queues of this process.
func (c *census) count(ctx context.Context) (found pollers, err error) {
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	for _, m := range c.reached() {
		for _, p := range m.polls {
			reply, err := m.client.DescribeTaskQueue(ctx, p.taskQueue, p.kind)
			if err != nil {
				return pollers{}, err
			}
			found.add(p.kind, reply.GetPollers())
		}
	}
	if len(found.activities) == 0 {
		return pollers{}, errNoWorker
	}
	return found, nil
}

func (p *pollers) add(kind enumspb.TaskQueueType, all []*taskqueue.PollerInfo) {
	for _, one := range all {
		if kind == enumspb.TASK_QUEUE_TYPE_ACTIVITY {
			p.activities = append(p.activities, one.GetIdentity())
		} else {
			p.workflows = append(p.workflows, one.GetIdentity())
		}
	}
}

// reached are the members whose client is known.
func (c *census) reached() []member {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []member
	for _, m := range c.members {
		if m.client != nil {
			all = append(all, *m)
		}
	}
	return all
}

// take takes the result of a count.
func (c *census) take(found pollers, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.meters.fail()
		if !c.failing {
			c.log.Warn("the workers that share the budgets cannot be counted: the last number stays", "number", c.divisor, "error", err)
		}
	} else {
		c.tally = c.tally.add(found)
		c.meters.count(c.tally.workers)
	}
	c.failing = err != nil
	c.apply()
}

// apply tells the Poller the number of workers, if it has changed.
func (c *census) apply() {
	divisor := c.tally.divisor(c.unsettled() <= 0)
	if divisor == c.divisor {
		return
	}
	c.divisor = divisor
	c.poller.SetProcesses(divisor)
	if c.tally.workers > 0 {
		c.log.Info("the totals of budgets are divided anew", "by", divisor, "workers", c.tally.workers)
	}
}

// pause is the time before the next count.
func (c *census) pause(counts int) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return pause(counts, c.every, c.random(), c.unsettled())
}

// unsettled is the time that workers of other processes may still need to count this one, 0 or less
// once they have had it.
func (c *census) unsettled() time.Duration {
	now, left := c.clock.Now(), settleTime(c.every)
	for _, m := range c.members {
		left = min(left, settleTime(c.every)-now.Sub(m.since))
	}
	return left
}
