package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// maxQueues bounds each look for task queues: a queue takes a request or two.
const maxQueues = 8

// polledQueue is a task queue that workers poll for workflow tasks.
type polledQueue struct {
	name    string
	workers int
}

func (q polledQueue) String() string {
	if q.workers == 1 {
		return q.name + " (1 worker)"
	}
	return fmt.Sprintf("%s (%d workers)", q.name, q.workers)
}

// queueNeed is a task queue that a wait needs, what it needs there, and the flag that names it.
type queueNeed struct {
	queue string
	tasks enumspb.TaskQueueType
	flag  string
}

const (
	workflowTasks = enumspb.TASK_QUEUE_TYPE_WORKFLOW
	activityTasks = enumspb.TASK_QUEUE_TYPE_ACTIVITY
)

// pollers is how many workers poll a task queue. The server counts a worker for five minutes after its last poll.
func (t *connected) pollers(ctx context.Context, need queueNeed) (int, error) {
	described, err := t.DescribeTaskQueue(ctx, need.queue, need.tasks)
	if err != nil {
		return 0, err
	}
	identities := map[string]bool{}
	for _, poller := range described.GetPollers() {
		identities[poller.GetIdentity()] = true
	}
	return len(identities), nil
}

// unserved is the first need that no worker serves, nil if there is none.
func (t *connected) unserved(ctx context.Context, needs []queueNeed) (*queueNeed, error) {
	for _, need := range needs {
		if n, err := t.pollers(ctx, need); err != nil || n == 0 {
			return &need, err
		}
	}
	return nil, nil
}

// served are the task queues on which workers serve awaitop, as far as the server knows: those of AwaitOperation workflows
// and of awaitop's workers, and the default.
func (t *connected) served(ctx context.Context) []polledQueue {
	candidates := append([]string{serve.DefaultTaskQueue}, t.queuesOfWaits(ctx)...)
	candidates = append(candidates, t.queuesOfWorkers(ctx)...)
	slices.Sort(candidates)
	var polled []polledQueue
	for _, queue := range slices.Compact(candidates) {
		// A queue that cannot be described is not suggested.
		if n, err := t.pollers(ctx, queueNeed{queue: queue, tasks: workflowTasks}); err == nil && n > 0 {
			polled = append(polled, polledQueue{queue, n})
		}
	}
	return polled
}

// queuesOfWorkers are the task queues of the workers that the server lists as awaitop's. Older servers list none, and log
// an error if they are asked. Older SDKs do not report.
func (t *connected) queuesOfWorkers(ctx context.Context) []string {
	described, err := t.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: t.namespace})
	if err != nil || !described.GetNamespaceInfo().GetCapabilities().GetWorkerHeartbeats() {
		return nil
	}
	listed, err := t.WorkflowService().ListWorkers(ctx, &workflowservice.ListWorkersRequest{Namespace: t.namespace, PageSize: 1000})
	if err != nil {
		return nil
	}
	return awaitopQueues(listed.GetWorkers())
}

// awaitopQueues are the task queues of workers that have awaitop's plugin, or serve a control task queue beside theirs as
// the binary does.
func awaitopQueues(workers []*workerpb.WorkerListInfo) (queues []string) {
	all := map[string]bool{}
	for _, w := range workers {
		all[w.GetTaskQueue()] = true
	}
	for _, w := range workers {
		queue := w.GetTaskQueue()
		plugin := slices.ContainsFunc(w.GetPlugins(), func(p *workerpb.PluginInfo) bool { return p.GetName() == worker.PluginName })
		if plugin || all[workflows.ControlTaskQueue(queue)] {
			queues = append(queues, queue)
		}
	}
	slices.Sort(queues)
	queues = slices.Compact(queues)
	return queues[:min(len(queues), maxQueues)]
}

// queuesOfWaits are the task queues of the newest AwaitOperation workflows, running or closed.
func (t *connected) queuesOfWaits(ctx context.Context) (queues []string) {
	for len(queues) < maxQueues {
		listed, err := t.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1, Query: waitsElsewhere(queues)})
		if err != nil || len(listed.GetExecutions()) == 0 {
			break
		}
		queue := listed.GetExecutions()[0].GetTaskQueue()
		if slices.Contains(queues, queue) { // the filter did not take its name
			break
		}
		queues = append(queues, queue)
	}
	return queues
}

// waitsElsewhere is the list filter for AwaitOperation workflows on other task queues.
func waitsElsewhere(queues []string) string {
	filter := fmt.Sprintf("WorkflowType = '%s'", workflows.AwaitOperationName)
	for _, queue := range queues {
		filter += fmt.Sprintf(" AND TaskQueue != '%s'", strings.ReplaceAll(queue, "'", "''"))
	}
	return filter
}
