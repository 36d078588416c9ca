package worker

import (
	"context"
	"sync"

	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/workflows"
)

// PluginName is the name of [Plugin] in the Temporal SDK.
const PluginName = "awaitop.Plugin"

// Plugin returns a plugin that adds awaitop to every worker it is given to: its
// workflows and activities, half of the activity slots for held polls unless
// options say otherwise, and a WorkerStopTimeout of [DefaultStopTimeout] where
// the worker has none. A WorkflowReplayer gets the workflows.
//
// Give it to worker.Options.Plugins, or to client.Options.Plugins for all of
// that client's workers, not to both: the SDK would register everything twice
// and panic. ctx is for reading credentials only.
func Plugin(ctx context.Context, options Options) (*temporal.SimplePlugin, error) {
	client, _, err := options.client(ctx) // lives as long as the process
	if err != nil {
		return nil, err
	}
	p := &plugin{options: options, client: client, polling: map[string]activities.Options{}}
	return temporal.NewSimplePlugin(temporal.SimplePluginOptions{
		Name:             PluginName,
		ConfigureWorker:  p.configure,
		RunContextBefore: p.register,
	})
}

// plugin carries what was configured for a worker to where it is registered.
type plugin struct {
	options Options
	client  *activities.Poller // of all workers

	mu      sync.Mutex
	polling map[string]activities.Options // by worker instance
}

func (p *plugin) configure(_ context.Context, worker sdk.PluginConfigureWorkerOptions) error {
	polling := p.options.configure(worker.WorkerOptions)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.polling[worker.WorkerInstanceKey] = polling
	return nil
}

func (p *plugin) register(_ context.Context, run temporal.SimplePluginRunContextBeforeOptions) error {
	workflows.Register(run.Registry)
	if run.WorkflowReplayer {
		return nil
	}
	p.mu.Lock()
	polling := p.polling[run.InstanceKey]
	delete(p.polling, run.InstanceKey)
	p.mu.Unlock()
	register(run.Registry, activities.New(p.client, polling))
	return nil
}
