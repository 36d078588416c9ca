package testsuite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/interceptor"
	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// defaultPageSize is the largest page of a list, unless Options say otherwise.
const defaultPageSize = 100

// Options configure a [Service]. The zero Options are a Spanner on the machine's
// clock whose operations succeed at once.
type Options struct {
	// Service is the DNS name in Refs. Default spanner.googleapis.com. An [Env] may have
	// several services, each with its own Options.
	Service string
	// Clock is the service's clock. Default: the machine's. [NewEnv] sets it.
	Clock poller.Clock
	// Plans script the operations that Spanner's methods start. The first start of
	// a method takes its first Script, and so on; the last Script serves all further
	// starts. A method without a plan takes the zero Script.
	Plans map[Method][]Script
	// Faults disturb calls. They count calls and time from the start of the service.
	Faults []Fault
	// PageSize is the largest page of a list, and the page of a request that names
	// no size. 0 is 100.
	PageSize int
	// SparsePages applies the filter after the page size, as some services do: a page
	// may be short or empty, and have a next.
	SparsePages bool
	// RequestsPerSecond limits the requests of all methods together, on Clock. A
	// request beyond it is answered RESOURCE_EXHAUSTED (HTTP 429) with an ErrorInfo
	// whose reason is RATE_LIMIT_EXCEEDED and without RetryInfo, whatever Faults say.
	// 0 is no limit.
	RequestsPerSecond float64
	// Burst is the number of requests that may come at once after a pause, if
	// RequestsPerSecond is set. 0 is the requests of one second, at least 1.
	Burst int
	// Unreachable names resources whose operations a list cannot read. The list
	// fails with UNAVAILABLE; with returnPartialSuccess it leaves them out.
	Unreachable []string
	// OwnForm serves, over HTTP, the request lines that package catalog has for the service, and writes
	// operations in the form of the service, such as Compute Engine's. Fields of a Script's Metadata
	// become fields of the operation. In memory the form is google.longrunning's. A parameter that the
	// service does not have is INVALID_ARGUMENT. Default: the uniform mapping of google.longrunning, and
	// true for a service with operations of another form.
	OwnForm bool
	// KeepsDeleted leaves what a method of the catalog has made in the state DELETED after its delete: a
	// get finds it, and its name stays taken. A resource without a state is gone all the same.
	KeepsDeleted bool
	// KeepsFailed leaves what a method of the catalog makes in the state FAILED if its operation fails or
	// is canceled, as Cloud SQL and Kubernetes Engine do.
	KeepsFailed bool
	// Waits gives the service a WaitOperation, as Cloud Run and Vertex AI have. Spanner has none.
	Waits bool
	// Interceptors are the test's own, for [NewEnv] alone. They come after awaitop's.
	Interceptors []interceptor.WorkerInterceptor
}

// Service is a scripted operations service. It is an [lro.Client], and
// [Service.Serve] speaks HTTP for it. It starts no goroutine and needs no Close. It
// is safe for concurrent use.
//
// Invalid arguments of a method fail the test. If the Service was not made for a
// test, the method panics with an [*lro.InvalidError].
type Service struct {
	t       TB // nil if it was not made for a test
	options Options
	clock   poller.Clock

	mu          sync.Mutex
	plans       map[Method][]Script
	targetPlans map[planned][]Script
	faults      []*armedFault
	limiter     *rate.Limiter // nil for no limit
	operations  map[string]*operation
	order       []*operation
	collections map[string][]*operation // by the name of the collection, in the order of their starts
	resources   map[string]*resource
	serial      int
	ids         int                  // that nextID has given
	made        map[string]time.Time // the last createTime of each name
	requests    map[requestKey]firstRequest
	log         []*Call
	arrived     int
	counts      map[Method]int // of log
}

var (
	_ lro.Client          = (*Service)(nil)
	_ lro.OperationWaiter = (*Service)(nil)
)

// NewService returns a service. Invalid options give an [*lro.InvalidError].
func NewService(options Options) (*Service, error) {
	options.Service = cmp.Or(options.Service, lro.SpannerService)
	if options.Clock == nil {
		options.Clock = poller.SystemClock()
	}
	if err := options.validate(); err != nil {
		return nil, err
	}
	options.PageSize = cmp.Or(options.PageSize, defaultPageSize)
	options.OwnForm = options.OwnForm || startsOf(options.Service).ownForm
	s := &Service{
		options: options, clock: options.Clock, plans: map[Method][]Script{}, targetPlans: map[planned][]Script{},
		operations: map[string]*operation{}, collections: map[string][]*operation{}, resources: map[string]*resource{}, made: map[string]time.Time{},
		counts: map[Method]int{}, requests: map[requestKey]firstRequest{},
		limiter: options.limiter(),
	}
	for method, scripts := range options.Plans {
		s.plans[method] = slices.Clone(scripts)
	}
	s.faults = arm(options.Faults, s.clock.Now())
	return s, nil
}

// ForTest is NewService for a test. Invalid options fail the test.
func ForTest(t TB, options Options) *Service {
	t.Helper()
	service, err := NewService(options)
	if err != nil {
		t.Fatalf("testsuite: %v", err)
	}
	service.t = t
	return service
}

// must fails the test for an error, or panics with it.
func (s *Service) must(err error) {
	if err == nil {
		return
	}
	if s.t != nil {
		s.t.Helper()
		s.t.Fatalf("testsuite: %v", err)
	}
	panic(err)
}

func (o Options) validate() error {
	if err := lro.ValidateService(o.Service); err != nil {
		return err
	}
	if o.OwnForm && len(catalog.ServicesAt(o.Service)) == 0 {
		return &lro.InvalidError{Field: "options.service", Value: o.Service, Want: "with OwnForm a service of package catalog, such as compute.googleapis.com"}
	}
	if o.PageSize < 0 {
		return &lro.InvalidError{Field: "options.pageSize", Value: fmt.Sprint(o.PageSize), Want: "1 or more, or 0 for the default"}
	}
	if err := o.validateRate(); err != nil {
		return err
	}
	for method, scripts := range o.Plans {
		if err := o.validatePlan("options.plans", method, scripts); err != nil {
			return err
		}
	}
	return startsOf(o.Service).validateFaults("options.faults", o.Faults)
}

func (o Options) validatePlan(path string, method Method, scripts []Script) error {
	table := startsOf(o.Service)
	if !table.starts(method) {
		return &lro.InvalidError{Field: path, Value: string(method), Want: table.wantStart(method)}
	}
	for i, script := range scripts {
		if err := script.validate(fmt.Sprintf("%s.%s[%d]", path, method, i), table); err != nil {
			return err
		}
	}
	return nil
}

// Plan scripts the next starts of a method, in place of its plan so far. The first
// start takes the first script, and so on; the last script serves all further
// starts. No scripts take the plan away.
func (s *Service) Plan(method Method, scripts ...Script) {
	s.must(s.options.validatePlan("plan", method, scripts))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans[method] = slices.Clone(scripts)
}

// PlanFor is [Service.Plan] for the starts of a method on one resource, such as
// projects/p/instances/i/databases/d: what the method makes or changes. It goes before the plan of the method: if
// several start side by side, which one starts first is chance.
func (s *Service) PlanFor(method Method, target string, scripts ...Script) {
	s.must(s.options.validatePlan("plan", method, scripts))
	if !resourceName.MatchString(target) && !s.table().isTarget(method, target) {
		s.must(invalidResourceName("target", target))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targetPlans[planned{method, target}] = slices.Clone(scripts)
}

// planned is the key of a plan.
type planned struct {
	method Method
	target string
}

// AddFaults adds faults after the present ones. They count calls and time from now.
func (s *Service) AddFaults(faults ...Fault) {
	s.must(s.table().validateFaults("faults", faults))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, arm(faults, s.clock.Now())...)
}

// Start starts an operation of the given name, as another program or another API
// would. The API of a test's own starter calls it. A name can be used again once the
// operation's record is gone.
func (s *Service) Start(name string, script Script) lro.Ref {
	ref, err := s.start(name, script)
	s.must(err)
	return ref
}

func (s *Service) start(name string, script Script) (lro.Ref, error) {
	ref := lro.Ref{Service: s.options.Service, Name: name}
	if err := ref.Validate(); err != nil {
		return lro.Ref{}, err
	}
	if err := script.validate("script", s.table()); err != nil {
		return lro.Ref{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.operations[name]; old != nil && !old.forgotten(s.clock.Now()) {
		return lro.Ref{}, &lro.InvalidError{Field: "ref.name", Value: name, Want: "a name of its own", Problem: "is in use"}
	}
	s.add(name, script, defaultMetadata(name), nil)
	return ref, nil
}

// add adds an operation. The script's Metadata goes before metadata.
func (s *Service) add(name string, script Script, metadata Metadata, response func() json.RawMessage) *operation {
	s.serial++
	if script.Metadata != nil {
		metadata = script.Metadata
	}
	if response == nil {
		response = func() json.RawMessage { return emptyResponse }
	}
	now := s.clock.Now()
	op := &operation{name: name, order: s.serial, script: script, metadata: metadata, response: response, startTime: now}
	op.faults = arm(script.Faults, now)
	for _, fault := range op.faults {
		fault.name = name
	}
	s.file(op)
	return op
}

// file puts the operation into the service's maps, in place of an earlier operation
// of its name.
func (s *Service) file(op *operation) {
	old := s.operations[op.name]
	with := func(list []*operation) []*operation {
		if old != nil {
			list = slices.DeleteFunc(list, func(o *operation) bool { return o == old })
		}
		return append(list, op)
	}
	s.operations[op.name] = op
	s.order = with(s.order)
	for _, collection := range collectionsOf(op.name) {
		s.collections[collection] = with(s.collections[collection])
	}
}

// Finish ends a running operation now, whatever its script says.
func (s *Service) Finish(ref lro.Ref, end End) { s.must(s.finish(ref, end)) }

func (s *Service) finish(ref lro.Ref, end End) error {
	if err := end.validate("end"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	op := s.operations[ref.Name]
	if op == nil || ref.Service != s.options.Service || op.deleted || !op.running(now) {
		return &lro.InvalidError{Field: "ref", Value: ref.String(), Want: "a running operation"}
	}
	if end.kind == endNever {
		return &lro.InvalidError{Field: "end", Value: "RunForever", Want: "an end"}
	}
	op.finish(now, end)
	op.wake()
	return nil
}

// Peek returns the operation that a Get would return now; false if the Get would
// answer NOT_FOUND. The service neither records nor counts it.
func (s *Service) Peek(ref lro.Ref) (lro.Operation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	op := s.operations[ref.Name]
	if op == nil || ref.Service != s.options.Service || !op.visible(now) {
		return lro.Operation{}, false
	}
	parsed, err := lro.ParseOperation(op.json(now))
	return parsed, err == nil
}

// Refs returns all operations that were started, in order, also those that are
// deleted or expired.
func (s *Service) Refs() []lro.Ref {
	return s.refs(func(*operation, time.Time) bool { return true })
}

// Running returns the operations that have not ended, in the order of their starts.
// An operation whose record was deleted is among them while it runs.
func (s *Service) Running() []lro.Ref { return s.refs((*operation).running) }

func (s *Service) refs(wanted func(*operation, time.Time) bool) []lro.Ref {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	var refs []lro.Ref
	for _, op := range s.order {
		if wanted(op, now) {
			refs = append(refs, lro.Ref{Service: s.options.Service, Name: op.name})
		}
	}
	return refs
}
