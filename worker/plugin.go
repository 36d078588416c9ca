package worker

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
	"weak"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/workflows"
)

// PluginName is the name of [Plugin] in the Temporal SDK.
const PluginName = "awaitop.Plugin"

// Plugin returns a plugin that adds awaitop to every worker it is given to: its
// workflows and activities, held polls that need no activity slot unless options
// say otherwise, and a WorkerStopTimeout of [DefaultStopTimeout] where the worker
// has none; when it stops, held polls are handed over. With workflows.Interceptor
// waits and sagas know when a run timeout ends their workflow. A WorkflowReplayer gets
// the workflows and the interceptor.
//
// In the SDK's test environments give options.Activities a MaxHeld of
// activities.NeverHold: they skip time only while no activity runs, and cannot complete
// a poll that is held without a slot.
//
// Give it to worker.Options.Plugins, or to client.Options.Plugins for all of
// that client's workers, not to both: the SDK would register everything twice
// and panic. ctx is for reading credentials only. All workers share one client of the
// operations API; when the last of them that runs stops, its connections are closed.
func Plugin(ctx context.Context, options Options) (*temporal.SimplePlugin, error) {
	p, err := newPlugin(ctx, options)
	if err != nil {
		return nil, err
	}
	return temporal.NewSimplePlugin(temporal.SimplePluginOptions{
		Name:               PluginName,
		ConfigureWorker:    p.configure,
		RunContextBefore:   p.register,
		RunContextAfter:    p.stop,
		WorkerInterceptors: []interceptor.WorkerInterceptor{workflows.Interceptor()},
	})
}

// plugin carries what was configured for a worker to where it is registered, and
// on to where it stops.
type plugin struct {
	options Options
	client  *poller.Poller // of all workers
	close   func()         // its connections; others are opened when they are needed

	mu sync.Mutex
	// workers are by instance. Each is held by the SDK's worker: one that is never
	// started is never stopped either, and goes when that goes.
	workers map[string]weak.Pointer[served]
}

func newPlugin(ctx context.Context, options Options) (*plugin, error) {
	client, closeClient, err := options.client(ctx)
	if err != nil {
		return nil, err
	}
	return &plugin{options: options, client: client, close: closeClient, workers: map[string]weak.Pointer[served]{}}, nil
}

// served is a worker that has the plugin.
type served struct {
	options     activities.Options
	stopTimeout time.Duration
	polling     *activities.Activities // once it runs
}

func (p *plugin) configure(_ context.Context, worker sdk.PluginConfigureWorkerOptions) error {
	options := p.options.configure(worker.WorkerOptions)
	w := &served{options: options, stopTimeout: worker.WorkerOptions.WorkerStopTimeout}
	worker.WorkerOptions.Interceptors = append(slices.Clip(worker.WorkerOptions.Interceptors), &holder{served: w})
	runtime.AddCleanup(w, p.forget, worker.WorkerInstanceKey)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers[worker.WorkerInstanceKey] = weak.Make(w)
	return nil
}

// holder is an interceptor that intercepts nothing: by it the SDK's worker holds what is
// kept for it.
type holder struct {
	interceptor.WorkerInterceptorBase
	served *served
}

// InterceptActivity adds nothing to the stack of an activity.
func (*holder) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return next
}

// InterceptWorkflow adds nothing to the stack of a workflow.
func (*holder) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return next
}

func (p *plugin) forget(instance string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.workers, instance)
}

func (p *plugin) register(_ context.Context, run temporal.SimplePluginRunContextBeforeOptions) error {
	if run.WorkflowReplayer {
		workflows.Register(replayer{run.Registry})
		return nil
	}
	workflows.Register(run.Registry)
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.workers[run.InstanceKey].Value()
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
	w, last := p.take(run.InstanceKey)
	if w == nil || w.polling == nil {
		return
	}
	handOver(ctx, w.polling, w.stopTimeout)
	if last {
		p.close()
	}
}

// take takes out a worker that stops, and reports whether no other runs.
func (p *plugin) take(instance string) (w *served, last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w = p.workers[instance].Value()
	delete(p.workers, instance)
	for _, other := range p.workers {
		if o := other.Value(); o != nil && o.polling != nil {
			return w, false
		}
	}
	return w, true
}

// handOver waits no longer than it takes as a rule: the SDK tells the worker's other
// activities of its stop after that only.
func handOver(ctx context.Context, polling *activities.Activities, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, min(timeout, DefaultStopTimeout))
	defer cancel()
	_ = polling.HandOver(ctx) // those that are left are missed by their heartbeats
}
