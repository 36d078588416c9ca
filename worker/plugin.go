package worker

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
	"weak"

	"go.temporal.io/sdk/activity"
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

// Plugin returns a plugin that adds awaitop to every worker that has it:
//
//   - the workflows and activities
//   - the Nexus service, if options have one
//   - held polls that need no activity slot, unless options say otherwise
//   - a WorkerStopTimeout of [DefaultStopTimeout], if the worker has none
//   - the handover of held polls when the worker stops
//   - workflows.Interceptor, by which waits and sagas know when a run timeout ends their workflow
//
// A WorkflowReplayer gets the workflows and the interceptor.
//
// In the SDK's test environments give options.Activities a MaxHeld of activities.NeverHold. They
// skip time only while no activity runs, and cannot complete a poll that is held without a slot.
//
// Give the plugin to worker.Options.Plugins, or to client.Options.Plugins for all of that client's
// workers, not to both. The SDK would register everything twice and panic. ctx is for reading
// credentials only. All workers share one client of the operations API. When the last running
// worker stops, the plugin closes the client's connections.
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

// plugin carries the configuration of a worker to its registration, and on to its stop.
type plugin struct {
	options Options
	client  *poller.Poller // shared by all workers
	close   func()         // closes its connections; a later request opens new ones
	census  *census

	mu sync.Mutex
	// workers are by instance. The SDK's worker holds each of them: if a worker is never started,
	// it is never stopped either, and its entry goes with it.
	workers map[string]weak.Pointer[served]
}

func newPlugin(ctx context.Context, options Options) (*plugin, error) {
	client, closeClient, err := options.client(ctx)
	if err != nil {
		return nil, err
	}
	return &plugin{options: options, client: client, close: closeClient, census: options.census(client), workers: map[string]weak.Pointer[served]{}}, nil
}

// served is a worker that has the plugin.
type served struct {
	options     activities.Options
	stopTimeout time.Duration
	census      *census
	polling     *activities.Activities // once it runs
}

func (p *plugin) configure(_ context.Context, worker sdk.PluginConfigureWorkerOptions) error {
	options := p.options.configure(worker.WorkerOptions)
	w := &served{options: options, stopTimeout: worker.WorkerOptions.WorkerStopTimeout}
	if !worker.WorkerOptions.LocalActivityWorkerOnly { // such a worker makes no requests
		w.census = p.census
	}
	worker.WorkerOptions.Interceptors = append(slices.Clip(worker.WorkerOptions.Interceptors), &holder{
		served: w, instance: worker.WorkerInstanceKey, polls: pollsOf(worker.TaskQueue),
	})
	runtime.AddCleanup(w, p.forget, worker.WorkerInstanceKey)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers[worker.WorkerInstanceKey] = weak.Make(w)
	return nil
}

// holder is an interceptor by which the SDK's worker holds a served, and the census finds the
// worker's client.
type holder struct {
	interceptor.WorkerInterceptorBase
	served   *served
	instance string
	polls    []polled
}

// InterceptActivity adds nothing to the stack of an activity without a census.
func (h *holder) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	if h.served.census == nil {
		return next
	}
	return &finder{interceptor.ActivityInboundInterceptorBase{Next: next}, h}
}

// finder gives the census the client of the worker that runs an activity. The SDK tells a plugin of
// no client before, and no request is made before.
type finder struct {
	interceptor.ActivityInboundInterceptorBase
	of *holder
}

// ExecuteActivity is the SDK's.
func (f *finder) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	f.of.served.census.reach(f.of.instance, activity.GetClient(ctx), f.of.polls)
	return f.Next.ExecuteActivity(ctx, in)
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
	if w == nil { // an environment of the SDK's without options did not configure it
		w = &served{options: p.options.Activities}
	}
	w.census.join(run.InstanceKey)
	w.polling = activities.New(p.client, w.options)
	register(run.Registry, w.polling, p.options.Starters)
	return p.options.registerNexus(run.Registry, p.client)
}

// replayer is the registry of a WorkflowReplayer. The SDK runs a plugin before each
// replay, and all replays of one WorkflowReplayer share its registry.
type replayer struct{ workflows.Registry }

// RegisterWorkflowWithOptions accepts a name again for the workflow that has it.
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
	w.census.leave(run.InstanceKey)
	if last {
		p.close()
	}
}

// take removes a worker that stops, and reports whether no other worker runs.
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

// handOver is bounded by the usual time of a handover, because the SDK tells the worker's other
// activities of its stop only afterwards.
func handOver(ctx context.Context, polling *activities.Activities, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, min(timeout, DefaultStopTimeout))
	defer cancel()
	_ = polling.HandOver(ctx) // their heartbeat timeout ends the others
}
