package testsuite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"
	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// defaultPageSize is the largest page of a list, unless Options say otherwise.
const defaultPageSize = 100

// Options say what a [Service] is. The zero Options are a Spanner on the
// machine's clock whose operations are done at once.
type Options struct {
	// Service is its DNS name. Default spanner.googleapis.com.
	Service string
	// Clock is what it reads the time from. Default is the clock of the machine.
	Clock poller.Clock
	// Plans script the operations that HTTP methods start: the first start of
	// a method takes the first of its Scripts, and so on; the last is for all
	// further ones. A method without a plan takes the zero Script.
	Plans map[Method][]Script
	// Faults disturb calls. Their windows start with the service.
	Faults []Fault
	// PageSize is the largest page of a list, and that of requests without a
	// page size. 0 is 100.
	PageSize int
	// SparsePages makes a page size count operations before the filter, as
	// some services do: a page may then be short, or empty, and have a next.
	SparsePages bool
	// RequestsPerSecond is the most requests that are served in a second, of
	// all methods together, on Clock. One beyond it is answered
	// RESOURCE_EXHAUSTED (HTTP 429) with the ErrorInfo of a quota, whose reason
	// is RATE_LIMIT_EXCEEDED, and without RetryInfo, whatever Faults would
	// answer. 0: no limit.
	RequestsPerSecond float64
	// Burst is how many requests may come at once after a pause, where
	// RequestsPerSecond is set. 0 is what comes in a second, 1 at least.
	Burst int
	// Unreachable names resources whose operations a list cannot read: it
	// fails with UNAVAILABLE, or leaves them out under returnPartialSuccess.
	Unreachable []string
	// Interceptors are the test's own, of [NewEnv] alone: after awaitop's.
	Interceptors []interceptor.WorkerInterceptor
}

// Service is a scripted operations service. It is an [lro.Client], and
// [Service.Serve] speaks HTTP for it. It starts no goroutine and needs no Close. It
// is safe for concurrent use.
//
// Its methods take what a test says by hand. If that is invalid they fail the test,
// or panic with an [*lro.InvalidError] if the Service is not a test's.
type Service struct {
	t       testing.TB // nil if it is not a test's
	options Options
	clock   poller.Clock

	mu          sync.Mutex
	plans       map[Method][]Script
	targetPlans map[planned][]Script
	faults      []*armedFault
	limiter     *rate.Limiter // nil for no limit
	operations  map[string]*operation
	order       []*operation
	collections map[string][]*operation // by what lists them, in order
	resources   map[string]*resource
	serial      int
	made        map[string]time.Time // the last createTime of each name
	log         []*Call
	arrived     int
	counts      map[Method]int // of log
}

var _ lro.Client = (*Service)(nil)

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
	s := &Service{
		options: options, clock: options.Clock, plans: map[Method][]Script{}, targetPlans: map[planned][]Script{},
		operations: map[string]*operation{}, collections: map[string][]*operation{}, resources: map[string]*resource{}, made: map[string]time.Time{},
		counts:  map[Method]int{},
		limiter: options.limiter(),
	}
	for method, scripts := range options.Plans {
		s.plans[method] = slices.Clone(scripts)
	}
	s.faults = arm(options.Faults, s.clock.Now())
	return s, nil
}

// ForTest is NewService for a test, which it fails for invalid options.
func ForTest(t testing.TB, options Options) *Service {
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
	if o.PageSize < 0 {
		return &lro.InvalidError{Field: "options.pageSize", Value: fmt.Sprint(o.PageSize), Want: "1 or more, or 0 for the default"}
	}
	if err := o.validateRate(); err != nil {
		return err
	}
	for method, scripts := range o.Plans {
		if err := validatePlan("options.plans", method, scripts); err != nil {
			return err
		}
	}
	return validateFaults("options.faults", o.Faults)
}

func validatePlan(path string, method Method, scripts []Script) error {
	if !method.starts() {
		return &lro.InvalidError{Field: path, Value: string(method), Want: "a method that starts an operation, such as CreateInstance"}
	}
	for i, script := range scripts {
		if err := script.validate(fmt.Sprintf("%s.%s[%d]", path, method, i)); err != nil {
			return err
		}
	}
	return nil
}

// Plan scripts the next starts of a method, in place of its plan so far. The first
// start takes the first script, and so on; the last script serves all further
// starts. No scripts take the plan away.
func (s *Service) Plan(method Method, scripts ...Script) {
	s.must(validatePlan("plan", method, scripts))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans[method] = slices.Clone(scripts)
}

// PlanFor is [Service.Plan] for the starts of a method on one resource, such as
// projects/p/instances/i/databases/d. It goes before the plan of the method: if
// several start side by side, which one starts first is chance.
func (s *Service) PlanFor(method Method, target string, scripts ...Script) {
	s.must(validatePlan("plan", method, scripts))
	if !resourceName.MatchString(target) {
		s.must(invalidResourceName("target", target))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targetPlans[planned{method, target}] = slices.Clone(scripts)
}

// planned is what a plan is for.
type planned struct {
	method Method
	target string
}

// AddFaults adds faults behind those there are. They count calls and time from now.
func (s *Service) AddFaults(faults ...Fault) {
	s.must(validateFaults("faults", faults))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, arm(faults, s.clock.Now())...)
}

// Start starts an operation of the given name, as if some method had: what an
// activity of the test's own calls in place of its API. A name is used once.
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
	if err := script.validate("script"); err != nil {
		return lro.Ref{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.operations[name]; old != nil && !old.forgotten(s.clock.Now()) {
		return lro.Ref{}, &lro.InvalidError{Field: "ref.name", Value: name, Want: "a name of its own", Problem: "is in use"}
	}
	s.begin(name, script, defaultMetadata(name), nil)
	return ref, nil
}

// begin adds an operation. The script's own Metadata goes before metadata.
func (s *Service) begin(name string, script Script, metadata Metadata, response func() json.RawMessage) *operation {
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

// file puts the operation where it is looked for, in the place of an earlier one
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
	if op == nil || op.deleted || !op.running(now) {
		return &lro.InvalidError{Field: "ref", Value: ref.String(), Want: "a running operation"}
	}
	if end.kind == endNever {
		return &lro.InvalidError{Field: "end", Value: "RunForever", Want: "an end"}
	}
	op.finish(now, end)
	return nil
}

// Peek returns an operation as a Get would find it now, without a call being
// recorded or counted; false if the service does not know it.
func (s *Service) Peek(ref lro.Ref) (lro.Operation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	op := s.operations[ref.Name]
	if op == nil || ref.Service != s.options.Service || !op.known(now) {
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

// Running returns the operations that have not ended, in the order of their
// starts; deleting its record does not end an operation.
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
