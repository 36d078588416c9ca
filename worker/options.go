package worker

import (
	"cmp"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/nexus-rpc/sdk-go/nexus"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// DefaultStopTimeout is the WorkerStopTimeout if none is set. It is enough for a held poll to
	// hand over, which takes milliseconds, and for a request under way.
	DefaultStopTimeout = 10 * time.Second
	// sdkActivitySlots is the SDK's default MaxConcurrentActivityExecutionSize.
	sdkActivitySlots = 1000
)

// Options configures [New] and [Plugin]. The zero value awaits operations of
// Cloud Spanner with the environment's credentials.
type Options struct {
	// Client makes the requests to the operations API. Default: rest.New with Rest, closed with the
	// worker. A *poller.Poller has its own budgets, and Budgets is not read. If one of them is a
	// total, give the Poller to one Plugin or New only.
	Client lro.Client
	// Rest configures the default Client: services, endpoints, credentials, the allowlist of
	// resources. It is not read if Client is set. Its AllowedPrefixes do not bind Clients, which have
	// their own.
	Rest rest.Options
	// Clients are the clients of single services, by the service's name, such as one over gRPC of
	// package services/grpc. Client or Rest is for all other services, and starts the operations of a
	// service whose own client cannot: those that it reaches. See [services.ByService]. With Clients,
	// Rest reaches only the services that it names. The worker does not close Clients. Default none.
	Clients map[string]lro.Client
	// Activities configures polling. MaxHeld 0 means half of the worker's
	// activity slots, MaxAsync 0 means activities.DefaultMaxAsync or, with a
	// negative MaxHeld, none.
	Activities activities.Options
	// Budgets are the requests that this process may send to each service for each project, by the
	// service's name. Quota is the project's, so each project has a budget of its own, see
	// [poller.Poller]. Default: [SpannerBudget] for real Spanner, none for other services, for a
	// Client of your own or without authentication. A Client of package services/grpc in Clients has it
	// too. If several processes use one project's quota,
	// give each its share, or give all of them the TotalRequestsPerSecond. A worker divides a total
	// by the workers that poll the task queues of its process, by identity. It counts them again
	// and again: a worker that was killed counts for five minutes more, by the Temporal server's
	// default. Before its first count, 1 s after its start or after its first activity, it takes a
	// tenth of the total. If a count fails, the last number stays.
	Budgets map[string]poller.Budget
	// Recount is how often the workers are counted that share the totals of Budgets. It varies by
	// 20% at random. Default: [DefaultRecount], and at least 1 s. A worker that has just started
	// takes at most a tenth of a total for 120% of it, unless it is the only one, because others
	// must count it first. So give all workers the same.
	Recount time.Duration
	// Logger gets a record when the number of workers changes by which totals are divided, and when
	// they cannot be counted. Default: slog.Default().
	Logger *slog.Logger
	// Nexus makes the worker serve awaitop to callers of other namespaces, as the Nexus service
	// nexusservice.Name. Default nil: it does not. The service reads through the worker's budgets.
	Nexus *nexusservice.Options
	// Starters are activities of the user's own that start operations, delete or read
	// resources, by the name that a step's Activity or Undo has. Default: none beside
	// Spanner's.
	Starters map[string]starters.Activity
}

// SpannerBudget is the default quota of a project for requests to Spanner's admin APIs: 5 a second,
// polls included. java-spanner's limiter keeps to it (pull requests 669 and 734).
var SpannerBudget = poller.Budget{RequestsPerSecond: 5}

// Validate refuses options that [New] and [Plugin] refuse, with an [*lro.InvalidError]. It looks
// for no credentials.
func (o Options) Validate() error {
	if err := o.validateClients(); err != nil {
		return err
	}
	if err := o.validateRecount(); err != nil {
		return err
	}
	if o.Nexus != nil {
		if err := o.Nexus.Validate(); err != nil {
			return err
		}
	}
	return poller.Options{Budgets: o.Budgets}.Validate()
}

func (o Options) validateRecount() error {
	if o.Recount != 0 && o.Recount < minRecount {
		return &lro.InvalidError{Field: "recount", Value: o.Recount.String(), Want: "0 (" + DefaultRecount.String() + "), or 1s or more"}
	}
	return lro.ValidateDuration("recount", o.Recount, DefaultRecount.String())
}

// registerNexus registers the Nexus service, if the options have one. client makes its reads.
func (o Options) registerNexus(registry nexusRegistry, client lro.Client) error {
	if o.Nexus == nil {
		return nil
	}
	service, err := nexusservice.New(*o.Nexus, client)
	if err != nil {
		return err
	}
	registry.RegisterNexusService(service)
	return nil
}

// withControlTaskQueue has the cancels of the Nexus service's waits run where those of the task queue
// do, unless the options say where.
func (o Options) withControlTaskQueue(taskQueue string) Options {
	if o.Nexus != nil && o.Nexus.ControlTaskQueue == "" {
		nexus := *o.Nexus
		nexus.ControlTaskQueue = workflows.ControlTaskQueue(taskQueue)
		o.Nexus = &nexus
	}
	return o
}

// nexusRegistry is the part of a worker that takes Nexus services.
type nexusRegistry interface {
	RegisterNexusService(service *nexus.Service)
}

// census returns what counts the workers that share the Poller's budgets, nil if they have no total.
func (o Options) census(p *poller.Poller) *census {
	if !p.SharesTotals() {
		return nil
	}
	c := &census{
		poller: p, every: cmp.Or(o.Recount, DefaultRecount), clock: o.Activities.Clock, random: rand.Float64,
		log: cmp.Or(o.Logger, slog.Default()), meters: newCensusInstruments(), members: map[string]*member{},
	}
	if c.clock == nil {
		c.clock = poller.SystemClock()
	}
	return c
}

// configure sets the SDK's options that a worker needs to hold polls and that are zero. It returns
// the activities' options for that worker.
func (o Options) configure(options *sdk.Options) activities.Options {
	if options.WorkerStopTimeout == 0 {
		options.WorkerStopTimeout = DefaultStopTimeout
	}
	polling := o.Activities
	if polling.MaxHeld == 0 {
		// A worker with a single slot must not hold a poll in it.
		slots := cmp.Or(options.MaxConcurrentActivityExecutionSize, sdkActivitySlots)
		polling.MaxHeld = cmp.Or(slots/2, activities.NeverHold)
	}
	if polling.MaxAsync == 0 && o.Activities.MaxHeld >= 0 { // NeverHold means without a slot, too
		polling.MaxAsync = activities.DefaultMaxAsync
	}
	return polling
}
