package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// pollerPatience is how long a command waits for the first poll of a task queue: its worker may have been started a
// moment ago.
const pollerPatience = 5 * time.Second

// needs are the task queues that the wait needs.
func (a *awaiting) needs() []queueNeed {
	needs := []queueNeed{{a.taskQueue, workflowTasks, "-t"}}
	if polls := a.options.TaskQueue; polls != "" && polls != a.taskQueue {
		needs = append(needs, queueNeed{polls, activityTasks, "--poll-task-queue"})
	} else {
		needs = append(needs, queueNeed{a.taskQueue, activityTasks, "-t"})
	}
	if control := a.options.ControlTaskQueue; control != "" {
		needs = append(needs, queueNeed{control, activityTasks, "--control-task-queue"})
	}
	return needs
}

// ensureServed refuses to start a wait that no worker would take. A wait that was started before is attached to, whatever
// its task queue.
func (a *awaiting) ensureServed(ctx context.Context, t *connected, ref lro.Ref) error {
	err := a.ensurePolled(ctx, t, a.needs(), func() bool { return attachable(ctx, t, ref) })
	var unserved unservedError
	if errors.As(err, &unserved) {
		unserved.orElse = orWithoutWorker
		return unserved
	}
	return err
}

const orWithoutWorker = ", or start the wait before it with --without-worker"

// ensurePolled refuses to start a workflow that no worker would take, unless it need not be started. A server that does
// not tell its pollers refuses nothing.
func (c *command) ensurePolled(ctx context.Context, t *connected, needs []queueNeed, unneeded func() bool) error {
	missing, err := t.unserved(ctx, needs)
	if err != nil || missing == nil || unneeded() {
		return nil //nolint:nilerr // the start will tell if the server is in trouble
	}
	if missing = c.awaitPollers(ctx, t, needs, *missing); missing == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	finding, cancel := context.WithTimeout(ctx, pollerPatience)
	defer cancel()
	return unservedError{*missing, t.served(finding), ""}
}

// attachable reports whether the operation has a wait that [workflows.Start] attaches to.
func attachable(ctx context.Context, t *connected, ref lro.Ref) bool {
	described, err := t.DescribeWorkflowExecution(ctx, workflows.WorkflowID(ref), "")
	if err != nil {
		return false
	}
	switch described.GetWorkflowExecutionInfo().GetStatus() {
	case enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		return true
	default:
		return false
	}
}

// awaitPollers waits for pollerPatience until workers serve all needs. It returns the first need that is not served, nil
// if all are. On a terminal a line says what it waits for.
func (c *command) awaitPollers(ctx context.Context, t *connected, needs []queueNeed, missing queueNeed) *queueNeed {
	shown := c.newProgress()
	defer shown.end()
	tick := time.NewTicker(drawEvery)
	defer tick.Stop()
	late := time.NewTimer(pollerPatience) // no deadline: a request that ends by one is an error in the server's log
	defer late.Stop()
	for {
		shown.redraw(&control.Wait{Message: unpolledText(missing) + " yet"})
		select {
		case <-ctx.Done():
			return &missing
		case <-late.C:
			return &missing
		case <-tick.C:
		}
		switch need, err := t.unserved(ctx, needs); {
		case err == nil && need == nil:
			return nil
		case need != nil:
			missing = *need
		}
	}
}

// unservedError says that nothing was started, because no worker would take it.
type unservedError struct {
	need   queueNeed
	served []polledQueue
	orElse string // what else can be done than to start a worker
}

func (e unservedError) Error() string { return unpolledText(e.need) + ", so nothing was started" }

func (e unservedError) Unwrap() error { return errNoWorker }

// unpolledText says that no worker polls a task queue.
func unpolledText(need queueNeed) string {
	text := "no worker polls the task queue " + need.queue
	if need.tasks == activityTasks {
		text += " for activities"
	}
	return text
}

// hint says which task queues to name in place of the one that no worker polls.
func (e unservedError) hint() string {
	others := elsewhere(e.need.queue, e.served)
	if len(others) == 0 {
		return fmt.Sprintf("start a worker with `awaitop worker -t %s`%s", e.need.queue, e.orElse)
	}
	text := "awaitop is served on " + queueList(others)
	if name := nearestQueue(e.need.queue, others); name != "" {
		return fmt.Sprintf("%s: did you mean %s %s?", text, e.need.flag, name)
	}
	return fmt.Sprintf("%s: name the one that you want with %s QUEUE", text, e.need.flag)
}

// nearestQueue is the queue that a name may be a typo of, "" for none.
func nearestQueue(queue string, others []polledQueue) string {
	var names []string
	for _, q := range others {
		names = append(names, q.name)
	}
	return nearest(queue, names)
}

// elsewhere are the queues but one. That with most workers is first.
func elsewhere(queue string, served []polledQueue) []polledQueue {
	others := slices.DeleteFunc(slices.Clone(served), func(q polledQueue) bool { return q.name == queue })
	slices.SortStableFunc(others, func(a, b polledQueue) int { return cmp.Compare(b.workers, a.workers) })
	return others
}

func queueList(queues []polledQueue) string {
	var names []string
	for _, q := range queues {
		names = append(names, q.String())
	}
	return strings.Join(names, ", ")
}
