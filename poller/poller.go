package poller

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Options configures [New]. The zero value is the default.
type Options struct {
	// Budgets are the budgets of services, by name: each consumer has one of its own. A service
	// that is not there has the zero Budget.
	Budgets map[string]Budget
	// Clock is nil for the system's.
	Clock Clock
}

// Poller makes all requests of a process to its operations APIs. Give one Poller to all workers of
// the process. It is safe for concurrent use, runs goroutines only while there is work, and needs
// no Close.
//
// Each service has a budget for each consumer, in requests a second. The consumer is the client's
// quota project, else the consumer that a quota error named, else the project in the resource's
// name. Names without a project share a budget. If the service answers RESOURCE_EXHAUSTED, the
// budget is lowered. It then grows back to its share. The share may change while requests run, see
// [Poller.SetProcesses].
//
// If a consumer's budget does not suffice, its requests go by their [Priority], then by the time at
// which they were due. One in eight turns goes to the request that has waited longest.
//
// At most 64 requests to a service are under way, besides cancels and starts. The next place goes
// to the consumer that holds fewest, so consumers do not wait for each other. A request that takes
// more than 1 s gives its place back. Operations whose last read hung are read apart, a few of a
// collection at once, so an operation that never answers holds up no other.
//
// If the client is an [lro.OperationWaiter], a wait that sleeps may have a request at the service that
// is answered when the operation ends, see [WaiterOptions]. Such requests take half of the places at
// most, and only tokens and places that no other request waits for.
//
// One List answers polls that are due together, if that takes no more calls than their Gets. An
// operation that several waits await is read once.
//
// The Poller is a Client, too. Its calls have the priority of a user's own calls: GetOperation and
// ListOperations have [PriorityNow].
type Poller struct {
	client lro.Client
	clock  Clock

	config  lro.ClientConfig    // nil if the client does not tell its configuration
	waiter  lro.OperationWaiter // nil if the client has no server-side waits
	budgets map[string]Budget

	mu        sync.Mutex
	processes int // that share the budgets with a total
	pacers    map[string]*pacer
	groups    map[lro.Collection]*group // by family

	listings listings
	hangs    hangs
	advice   advice
	unwaited unwaited

	instruments *requestInstruments
}

var _ lro.Client = (*Poller)(nil)

// Validate refuses an invalid budget with an [*lro.InvalidError].
func (o Options) Validate() error {
	for _, service := range slices.Sorted(maps.Keys(o.Budgets)) {
		if err := lro.ValidateService(service); err != nil {
			return &lro.InvalidError{Field: "budgets", Value: service, Want: "service names such as " + lro.SpannerService}
		}
		if err := o.Budgets[service].validate("budgets." + service); err != nil {
			return err
		}
	}
	return nil
}

// New returns a Poller over client. An invalid budget is an
// [*lro.InvalidError].
func New(client lro.Client, options Options) (*Poller, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	if client == nil {
		return nil, &lro.InvalidError{Field: "client", Value: "nil", Want: "what makes the calls, such as a rest.Client"}
	}
	if options.Clock == nil {
		options.Clock = systemClock{}
	}
	config, _ := lro.ClientAs[lro.ClientConfig](client)
	waiter, _ := lro.ClientAs[lro.OperationWaiter](client)
	return &Poller{
		client: client, config: config, waiter: waiter, clock: options.Clock, budgets: maps.Clone(options.Budgets),
		processes: 1, pacers: map[string]*pacer{}, groups: map[lro.Collection]*group{},
		listings:    listings{byCollection: map[lro.Collection]listing{}},
		hangs:       hangs{count: map[lro.Ref]int16{}},
		advice:      advice{until: map[lro.Ref]time.Time{}},
		unwaited:    unwaited{until: map[lro.Ref]time.Time{}},
		instruments: newRequestInstruments(),
	}, nil
}

// quotaProject is the project whose quota all requests of a service use, "" if it depends on the
// request.
func (p *Poller) quotaProject(service string) string {
	if p.config == nil {
		return ""
	}
	return p.config.QuotaProject(service)
}

func (p *Poller) pacer(service string) *pacer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pacerLocked(service)
}

func (p *Poller) pacerLocked(service string) *pacer {
	service = p.Label(service)
	made := p.pacers[service]
	if made == nil {
		made = newPacer(p.clock, p.budgets[service].over(p.processes), p.quotaProject(service), p.instruments.budget(service))
		p.pacers[service] = made
	}
	return made
}

// Unwrap returns the Client that the Poller was made with.
func (p *Poller) Unwrap() lro.Client { return p.client }

// arrival is the key, in a context, of the time since when its requests wait.
type arrival struct{}

// Arrived returns a context whose requests have waited since now, for the order of the budget. Give
// it to work that takes several requests. Otherwise each new piece of work holds up those that
// began earlier, and none comes to its end.
func (p *Poller) Arrived(ctx context.Context) context.Context {
	return context.WithValue(ctx, arrival{}, p.clock.Now())
}

// Do makes a request to service within its budget. It waits for the request's turn and then calls
// request, whose error it returns. resource is the name of the request's subject, such as
// projects/p/instances/i, or "". The budget of the project in it is spent. If ctx is done first, Do
// calls nothing and returns ctx's error. request has to use the context that it gets, because
// [NextTry] keeps further tries within the budget by it.
func (p *Poller) Do(ctx context.Context, service, resource string, priority Priority, request func(ctx context.Context) error) error {
	pacer := p.pacer(service)
	due, arrived := ctx.Value(arrival{}).(time.Time)
	if !arrived {
		due = p.clock.Now()
	}
	ticket, err := pacer.acquire(ctx, service, resource, urgency{priority: priority, due: due})
	if err != nil {
		return err
	}
	return pacer.make(ctx, ticket, request)
}

// Crowded reports whether requests about a resource wait for their turn. Only those of the same
// consumer count, because other consumers hold nothing up.
func (p *Poller) Crowded(service, resource string) bool {
	return p.pacer(service).crowded(service, resource)
}

// Stats returns the counts of a service's budgets.
func (p *Poller) Stats(service string) BudgetStats { return p.pacer(service).snapshot() }

// At returns a Client whose calls have the given priority.
func (p *Poller) At(priority Priority) lro.Client { return prioritized{p, priority} }

// GetOperation reads an operation now. Waits for it in this process get the answer, too.
func (p *Poller) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	return p.At(PriorityNow).GetOperation(ctx, ref)
}

// CancelOperation cancels. It goes before all other requests.
func (p *Poller) CancelOperation(ctx context.Context, ref lro.Ref) error {
	return p.At(PriorityCancel).CancelOperation(ctx, ref)
}

// DeleteOperation deletes a record. It goes with polls, because no wait needs it.
func (p *Poller) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	return p.At(PriorityPoll).DeleteOperation(ctx, ref)
}

// ListOperations lists now.
func (p *Poller) ListOperations(ctx context.Context, request lro.ListRequest) (lro.Page, error) {
	return p.At(PriorityNow).ListOperations(ctx, request)
}

// prioritized is the Poller's client at one priority.
type prioritized struct {
	*Poller
	priority Priority
}

func (c prioritized) GetOperation(ctx context.Context, ref lro.Ref) (op lro.Operation, err error) {
	err = c.Do(ctx, ref.Service, ref.Name, c.priority, func(ctx context.Context) error {
		op, err = c.read(ctx, ref)
		return err
	})
	if err == nil {
		c.tell(ref, op)
	}
	return op, err
}

func (c prioritized) CancelOperation(ctx context.Context, ref lro.Ref) error {
	return c.Do(ctx, ref.Service, ref.Name, c.priority, func(ctx context.Context) error { return c.client.CancelOperation(ctx, ref) })
}

func (c prioritized) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	return c.Do(ctx, ref.Service, ref.Name, c.priority, func(ctx context.Context) error { return c.client.DeleteOperation(ctx, ref) })
}

func (c prioritized) ListOperations(ctx context.Context, request lro.ListRequest) (page lro.Page, err error) {
	err = c.Do(ctx, request.Collection.Service, request.Collection.Name, c.priority, func(ctx context.Context) error {
		page, err = c.client.ListOperations(ctx, request)
		return err
	})
	return page, err
}

// read makes a Get, and refuses a reply that is another operation's.
func (p *Poller) read(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := p.client.GetOperation(ctx, ref)
	if err == nil {
		err = sameOperation("GetOperation", ref, op)
	}
	if err != nil {
		return lro.Operation{}, err
	}
	return op, nil
}

// sameOperation refuses a reply that is another operation's.
func sameOperation(method string, ref lro.Ref, op lro.Operation) error {
	if lro.SameOperation(ref.Name, op.Name) {
		return nil
	}
	return &lro.Error{Method: method, NoStatus: true, Status: lro.Status{
		Code: lro.CodeUnknown, Message: fmt.Sprintf("the reply to a read of %q is of another operation, %q", ref.Name, op.Name),
	}}
}

// groupOf is the group of an operation, nil if no wait in this process awaits its family.
func (p *Poller) groupOf(ref lro.Ref) *group {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.groups[family(ref)]
}

// tell gives the waits for an operation the result of another read of it.
func (p *Poller) tell(ref lro.Ref, op lro.Operation) {
	if g := p.groupOf(ref); g != nil {
		g.tell(ref.Name, Answer{Op: op})
	}
}
