package worker

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/workflows"
)

// PluginName is the name of [Plugin] in the Temporal SDK.
const PluginName = "awaitop.Plugin"

// Plugin returns a plugin that adds awaitop to every worker it is given to: its
// workflows and activities, held polls that need no activity slot unless options
// say otherwise, and a WorkerStopTimeout of [DefaultStopTimeout] where the worker
// has none; when it stops, held polls are handed over. A WorkflowReplayer gets the
// workflows.
//
// In the SDK's test environments give options.Activities a MaxHeld of
// activities.NeverHold: they skip time only while no activity runs, and cannot complete
// a poll that is held without a slot.
//
// Give it to worker.Options.Plugins, or to client.Options.Plugins for all of
// that client's workers, not to both: the SDK would register everything twice
// and panic. ctx is for reading credentials only.
func Plugin(ctx context.Context, options Options) (*temporal.SimplePlugin, error) {
	client, _, err := options.client(ctx) // lives as long as the process
	if err != nil {
		return nil, err
	}
	p := &plugin{options: options, client: client, workers: map[string]*served{}}
	return temporal.NewSimplePlugin(temporal.SimplePluginOptions{
		Name:             PluginName,
		ConfigureWorker:  p.configure,
		RunContextBefore: p.register,
		RunContextAfter:  p.stop,
	})
}

// plugin carries what was configured for a worker to where it is registered, and
// on to where it stops.
type plugin struct {
	options Options
	client  *activities.Poller // of all workers

	mu      sync.Mutex
	workers map[string]*served // by instance
}

// served is a worker that has the plugin.
type served struct {
	options     activities.Options
	stopTimeout time.Duration
	polling     *activities.Activities // once it runs
}

func (p *plugin) configure(_ context.Context, worker sdk.PluginConfigureWorkerOptions) error {
	options := p.options.configure(worker.WorkerOptions)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers[worker.WorkerInstanceKey] = &served{options: options, stopTimeout: worker.WorkerOptions.WorkerStopTimeout}
	return nil
}

func (p *plugin) register(_ context.Context, run temporal.SimplePluginRunContextBeforeOptions) error {
	if run.WorkflowReplayer {
		workflows.Register(replayer{run.Registry})
		return nil
	}
	workflows.Register(run.Registry)
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.workers[run.InstanceKey]
	if w == nil { // not configured: an environment of the SDK's without options
		w = &served{options: p.options.Activities}
	}
	w.polling = activities.New(p.client, w.options)
	register(run.Registry, w.polling)
	return nil
}

// replayer is the registry of a WorkflowReplayer. The SDK runs a plugin before each
// replay, and all replays of one WorkflowReplayer share its registry.
type replayer struct{ workflows.Registry }

// RegisterWorkflowWithOptions takes a name again for the workflow that has it already.
func (r replayer) RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions) {
	options.DisableAlreadyRegisteredCheck = true
	r.Registry.RegisterWorkflowWithOptions(w, options)
}

// stop runs while the worker still completes activities.
func (p *plugin) stop(ctx context.Context, run temporal.SimplePluginRunContextAfterOptions) {
	p.mu.Lock()
	w := p.workers[run.InstanceKey]
	delete(p.workers, run.InstanceKey)
	p.mu.Unlock()
	if w != nil && w.polling != nil {
		handOver(ctx, w.polling, w.stopTimeout)
	}
}

// handOver waits no longer than it takes as a rule: the SDK tells the worker's other
// activities of its stop after that only.
func handOver(ctx context.Context, polling *activities.Activities, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, min(timeout, DefaultStopTimeout))
	defer cancel()
	_ = polling.HandOver(ctx) // those that are left are missed by their heartbeats
}
