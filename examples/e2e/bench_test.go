package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/internal/histories"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// brisk polls often enough for a test and not so often as to burden the machine.
var brisk = lro.PollPolicy{InitialInterval: 100 * time.Millisecond, MaximumInterval: 500 * time.Millisecond, IgnoreProgress: true}

// bench is what one test works with: a scripted service behind HTTP, and a
// worker of its own task queue.
type bench struct {
	t        *testing.T
	ctx      context.Context
	client   client.Client
	service  *testsuite.Service
	endpoint string         // of the service
	others   []rest.Service // that its workers reach as well
	queue    string
	options  benchOptions
}

type benchOptions struct {
	address  string // of the Temporal server; the shared one by default
	faults   []testsuite.Fault
	polling  activities.Options
	worker   sdk.Options
	total    float64 // requests a second of all workers together, which are counted each second; 0 for no limit
	noWorker bool
	clients  map[string]lro.Client // of single services; others are reached at the endpoint
	record   bool                  // whether its payloads are held to the document of the contract
	nexus    *nexusservice.Options // nil: the worker serves no callers
}

// budgets are those of a worker with the options.
func (o benchOptions) budgets() map[string]poller.Budget {
	if o.total == 0 {
		return nil
	}
	return map[string]poller.Budget{lro.SpannerService: {TotalRequestsPerSecond: o.total}}
}

func newBench(t *testing.T, options benchOptions) *bench {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	service := testsuite.ForTest(t, testsuite.Options{Faults: options.faults})
	b := &bench{t: t, ctx: ctx, service: service, endpoint: service.Serve(t), queue: t.Name(), options: options}
	if options.address == "" {
		options.address = dev.Address()
	}
	b.client = dial(t, client.Options{HostPort: options.address, ConnectionOptions: options.connection()})
	if !options.noWorker {
		b.startWorker(options)
	}
	return b
}

// connection are the options of a connection, on which the payloads are recorded if that is wanted.
func (o benchOptions) connection() client.ConnectionOptions {
	if !o.record {
		return client.ConnectionOptions{}
	}
	return client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(payloads.Intercept)}}
}

func dial(t *testing.T, options client.Options) client.Client {
	t.Helper()
	options.Logger, options.Identity = quiet(), "e2e"
	c, err := client.Dial(options)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

func quiet() log.Logger {
	return log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// startWorker starts a worker of the user's with the plugin, as the README has it.
func (b *bench) startWorker(options benchOptions) {
	b.t.Helper()
	options.worker.OnFatalError = reportFatal(b.t)
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), options)
	if err != nil {
		b.t.Fatalf("worker: %v", err)
	}
	if err := w.Start(); err != nil {
		b.t.Fatalf("start worker: %v", err)
	}
	b.t.Cleanup(w.Stop)
}

// reportFatal fails the test if the SDK stops a worker for good: the test would only see that nothing happens.
func reportFatal(t *testing.T) func(error) {
	return func(err error) { t.Errorf("the SDK has stopped the worker: %v", err) }
}

// reached are the services that workers of the bench reach.
func (b *bench) reached() []rest.Service {
	return append([]rest.Service{{Name: lro.SpannerService, Endpoint: b.endpoint}}, b.others...)
}

func newWorker(ctx context.Context, c client.Client, queue string, reached []rest.Service, options benchOptions) (sdk.Worker, error) {
	reach := rest.Options{Services: reached, WithoutAuthentication: true}
	connections, err := connectionStarters(ctx, reach)
	if err != nil {
		return nil, err
	}
	plugin, err := worker.Plugin(ctx, worker.Options{
		Rest:       reach,
		Starters:   connections,
		Clients:    options.clients,
		Nexus:      options.nexus,
		Activities: options.polling,
		Budgets:    options.budgets(),
		Recount:    time.Second,
		Logger:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	options.worker.Plugins = append(options.worker.Plugins, plugin)
	w := sdk.New(c, queue, options.worker)
	w.RegisterWorkflow(inlineAwait)
	w.RegisterWorkflow(childAwait)
	w.RegisterWorkflow(allAwait)
	w.RegisterWorkflow(runMany)
	w.RegisterWorkflow(tellOne)
	w.RegisterWorkflow(tellSet)
	w.RegisterWorkflow(makeAndUndo)
	w.RegisterWorkflow(untilTheEnd)
	w.RegisterWorkflow(listAndRead)
	histories.Register(w)
	provision.Register(w, nil) // whose rows no test here loads
	plane.Register(w)
	return w, nil
}

// connectionStarters are the starters of the data plane's connections, for a worker that reaches their service.
func connectionStarters(ctx context.Context, reach rest.Options) (map[string]starters.Activity, error) {
	if !slices.ContainsFunc(reach.Services, func(s rest.Service) bool { return s.Name == networkingService }) {
		return map[string]starters.Activity{}, nil
	}
	api, err := rest.New(ctx, reach)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = api.Close() })
	connections, err := plane.NewConnections(ctx, api)
	if err != nil {
		return nil, err
	}
	return connections.Starters(), nil
}

// inlineAwait is a user's workflow that does nothing but Await.
func inlineAwait(ctx workflow.Context, in workflows.AwaitInput) (lro.Outcome, error) {
	return workflows.Await(ctx, in.Ref, in.AwaitOptions)
}

// childAwait is a user's workflow that awaits in a child.
func childAwait(ctx workflow.Context, in workflows.AwaitInput) (lro.Outcome, error) {
	var outcome lro.Outcome
	err := workflows.ExecuteChild(ctx, in.Ref, in.AwaitOptions).Get(ctx, &outcome)
	return outcome, err
}

// operation starts a scripted operation named after the test.
func (b *bench) operation(script testsuite.Script) lro.Ref {
	name := strings.NewReplacer("/", "-", "_", "-").Replace(b.t.Name())
	return b.service.Start(fmt.Sprintf("projects/p/instances/i/operations/%s", name), script)
}

// finish ends an operation that runs for ever with success: on a busy machine, one that
// runs for a time may end before the test has done what it wants to do meanwhile.
func (b *bench) finish(ref lro.Ref) {
	b.t.Helper()
	b.service.Finish(ref, testsuite.Succeed(`{"name":"done"}`))
}

// start awaits ref in a workflow, briskly unless options say otherwise.
func (b *bench) start(ref lro.Ref, options workflows.AwaitOptions) *workflows.AwaitRun {
	b.t.Helper()
	if options.Policy == (lro.PollPolicy{}) {
		options.Policy = brisk
	}
	run, err := workflows.Start(b.ctx, b.client, b.queue, ref, options)
	if err != nil {
		b.t.Fatalf("Start: %v", err)
	}
	return run
}

// waitFor returns once the condition holds, checked often.
func (b *bench) waitFor(what string, condition func() bool) {
	b.t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-ticker.C:
		case <-b.ctx.Done():
			b.t.Fatalf("gave up waiting for %s", what)
		}
	}
}

// waitForPolls returns once the service has answered n reads.
func (b *bench) waitForPolls(n int) {
	b.t.Helper()
	b.waitFor(fmt.Sprintf("%d polls", n), func() bool { return b.service.Count(testsuite.MethodGet) >= n })
}

// events are the types of a run's history events, read from the server, without those of workflow tasks that timed out: a
// busy machine schedules such a task again, whatever the workflow does.
func (b *bench) events(id, runID string) (types []string) {
	b.t.Helper()
	late := map[int64]bool{}
	for _, event := range slices.Backward(b.history(id, runID).GetEvents()) {
		if timedOut := event.GetWorkflowTaskTimedOutEventAttributes(); timedOut != nil {
			late[event.GetEventId()], late[timedOut.GetScheduledEventId()], late[timedOut.GetStartedEventId()] = true, true, true
		}
		if !late[event.GetEventId()] {
			types = append(types, event.GetEventType().String())
		}
	}
	slices.Reverse(types)
	return types
}
