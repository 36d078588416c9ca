package cli

import (
	"slices"
	"testing"

	workerpb "go.temporal.io/api/worker/v1"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

func TestAwaitopQueues(t *testing.T) {
	t.Parallel()
	on := func(queue string, plugins ...string) *workerpb.WorkerListInfo {
		w := &workerpb.WorkerListInfo{TaskQueue: queue}
		for _, name := range plugins {
			w.Plugins = append(w.Plugins, &workerpb.PluginInfo{Name: name})
		}
		return w
	}
	tests := map[string]struct {
		reason  string
		workers []*workerpb.WorkerListInfo
		want    []string
	}{
		"plugin":   {"it says so", []*workerpb.WorkerListInfo{on("orders", "other.Plugin", worker.PluginName)}, []string{"orders"}},
		"binary":   {"it serves a control task queue too", []*workerpb.WorkerListInfo{on(workflows.ControlTaskQueue("awaitop")), on("awaitop")}, []string{"awaitop"}},
		"twice":    {"one task queue", []*workerpb.WorkerListInfo{on("orders", worker.PluginName), on("orders", worker.PluginName)}, []string{"orders"}},
		"another":  {"it does not have awaitop", []*workerpb.WorkerListInfo{on("billing", "other.Plugin")}, nil},
		"no list":  {"an older server", nil, nil},
		"no queue": {"a worker of Nexus alone", []*workerpb.WorkerListInfo{on("")}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := awaitopQueues(tt.workers); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		options workflows.AwaitOptions
		want    []queueNeed
	}{
		"one queue": {"for all", workflows.AwaitOptions{}, []queueNeed{{"q", workflowTasks, "-t"}, {"q", activityTasks, "-t"}}},
		"a fleet":   {"polls elsewhere", workflows.AwaitOptions{TaskQueue: "p", ControlTaskQueue: "c"}, []queueNeed{{"q", workflowTasks, "-t"}, {"p", activityTasks, "--poll-task-queue"}, {"c", activityTasks, "--control-task-queue"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &awaiting{taskQueue: "q", options: tt.options}
			if got := a.needs(); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
		})
	}
}

func TestUnserved(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason     string
		err        unservedError
		says, hint string
	}{
		"elsewhere": {"the busiest first", unservedError{queueNeed{"awaitop", workflowTasks, "-t"}, []polledQueue{{"billing", 1}, {"orders", 2}}, orWithoutWorker},
			"no worker polls the task queue awaitop, so nothing was started", "awaitop is served on orders (2 workers), billing (1 worker): name the one that you want with -t QUEUE"},
		"typo": {"the nearest name, not the busiest", unservedError{queueNeed{"order", workflowTasks, "-t"}, []polledQueue{{"awaitop", 2}, {"orders", 1}}, orWithoutWorker},
			"no worker polls the task queue order, so nothing was started", "awaitop is served on awaitop (2 workers), orders (1 worker): did you mean -t orders?"},
		"nowhere": {"start one", unservedError{queueNeed{"awaitop", workflowTasks, "-t"}, nil, orWithoutWorker},
			"no worker polls the task queue awaitop, so nothing was started", "start a worker with `awaitop worker -t awaitop`, or start the wait before it with --without-worker"},
		"polls": {"of another flag", unservedError{queueNeed{"fleet", activityTasks, "--poll-task-queue"}, []polledQueue{{"orders", 1}}, orWithoutWorker},
			"no worker polls the task queue fleet for activities, so nothing was started", "awaitop is served on orders (1 worker): name the one that you want with --poll-task-queue QUEUE"},
		"itself": {"a worker came meanwhile", unservedError{queueNeed{"awaitop", workflowTasks, "-t"}, []polledQueue{{"awaitop", 1}}, orWithoutWorker},
			"no worker polls the task queue awaitop, so nothing was started", "start a worker with `awaitop worker -t awaitop`, or start the wait before it with --without-worker"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if says, hinted := tt.err.Error(), hint(tt.err); says != tt.says || hinted != tt.hint {
				t.Errorf("%s:\n%q, %q, want\n%q, %q", tt.reason, says, hinted, tt.says, tt.hint)
			}
			if got := exitStatus(tt.err); got != ExitTrouble {
				t.Errorf("exit status %d, want %d", got, ExitTrouble)
			}
		})
	}
}

func TestWaitsElsewhere(t *testing.T) {
	t.Parallel()
	const want = "WorkflowType = 'awaitop.AwaitOperation' AND TaskQueue != 'orders' AND TaskQueue != 'it''s'"
	if got := waitsElsewhere([]string{"orders", "it's"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestStuckText(t *testing.T) {
	t.Parallel()
	status := &control.Status{WorkflowID: "await://x.example.com/operations/o", TaskQueue: "billing"}
	tests := map[string]struct {
		reason string
		others []polledQueue
		want   string
	}{
		"elsewhere": {"the way there", []polledQueue{{"orders", 2}}, "no worker polls it; awaitop is served on orders (2 workers). End this wait with `temporal workflow terminate --workflow-id await://x.example.com/operations/o`, and await again with -t QUEUE"},
		"typo":      {"the queue that was meant", []polledQueue{{"orders", 2}, {"billings", 1}}, "no worker polls it; awaitop is served on orders (2 workers), billings (1 worker). End this wait with `temporal workflow terminate --workflow-id await://x.example.com/operations/o`, and await again with -t billings"},
		"nowhere":   {"the reason alone", nil, "no worker polls it"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := stuckText(status, "no worker polls it", tt.others); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
