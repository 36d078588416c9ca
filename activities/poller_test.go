package activities_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// listing is a Client that keeps what it was asked for, and can be held up.
type listing struct {
	lro.Client
	mu      sync.Mutex
	lists   []lro.ListRequest
	gets    []string
	respond func(in lro.ListRequest) (lro.Page, error) // nil for the service's
}

func (l *listing) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	l.mu.Lock()
	l.gets = append(l.gets, ref.Name)
	l.mu.Unlock()
	return l.Client.GetOperation(ctx, ref)
}

func (l *listing) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	l.mu.Lock()
	l.lists = append(l.lists, in)
	l.mu.Unlock()
	if l.respond != nil {
		return l.respond(in)
	}
	return l.Client.ListOperations(ctx, in)
}

// What is listed: the operations' own collection where it is one, Spanner's
// aggregate across several, and no list for one alone.
func TestPollerCollections(t *testing.T) {
	t.Parallel()
	const instance = "projects/p/instances/i"
	rows := map[string]struct {
		reason string
		names  []string
		want   []string
	}{
		"instance":   {"an instance's own", []string{instance + "/operations/a", instance + "/operations/b"}, []string{instance + "/operations"}},
		"database":   {"a database's own", []string{instance + "/databases/d/operations/a", instance + "/databases/d/operations/b"}, []string{instance + "/databases/d/operations"}},
		"databases":  {"of several databases the aggregate", []string{instance + "/databases/d/operations/a", instance + "/databases/e/operations/b"}, []string{instance + "/databaseOperations"}},
		"backups":    {"so of backups", []string{instance + "/backups/d/operations/a", instance + "/backups/e/operations/b"}, []string{instance + "/backupOperations"}},
		"partitions": {"and partitions", []string{instance + "/instancePartitions/d/operations/a", instance + "/instancePartitions/e/operations/b"}, []string{instance + "/instancePartitionOperations"}},
		"configs":    {"and configs", []string{"projects/p/instanceConfigs/d/operations/a", "projects/p/instanceConfigs/e/operations/b"}, []string{"projects/p/instanceConfigOperations"}},
		"alone":      {"one alone is read by itself", []string{instance + "/operations/a"}, nil},
		"apart":      {"two instances have nothing in common", []string{"projects/p/instances/i/operations/a", "projects/p/instances/j/operations/a"}, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			var refs []lro.Ref
			for _, name := range row.names {
				refs = append(refs, s.service.Start(name, testsuite.Script{}))
			}
			client := &listing{Client: s.service}
			if _, err := pollSet(activities.New(client, s.options), s.setInput(refs)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, list := range client.lists {
				got = append(got, list.Collection.Name)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// Once the metadata says what they are, lists leave out other methods' operations,
// unless the service refuses a filter.
func TestPollerFilters(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	kind := "type.googleapis.com/google.spanner.admin.database.v1.CreateDatabaseMetadata"
	refs := s.fleet(t, 3, manyDatabases, func(int) testsuite.Script {
		return testsuite.Script{RunsFor: time.Minute, Metadata: testsuite.RawMetadata(`{"@type":"` + kind + `"}`)}
	})
	client := &listing{Client: s.service}
	if _, err := pollSet(activities.New(client, s.options), s.setInput(refs)); err != nil {
		t.Fatal(err)
	}
	if first, second := client.lists[0].Filter, client.lists[1].Filter; first != "" || second != "metadata.@type:"+kind {
		t.Errorf("filters %q and %q", first, second)
	}
	refused := 0
	picky := &listing{Client: s.service, respond: func(in lro.ListRequest) (lro.Page, error) {
		if in.Filter != "" {
			refused++
			return lro.Page{}, &lro.Error{Method: "ListOperations", HTTP: 400, Status: lro.Status{Code: lro.CodeInvalidArgument}}
		}
		return s.service.ListOperations(t.Context(), in)
	}}
	more := s.fleet(t, 3, func(i int) string { return fmt.Sprintf("projects/p/instances/k/databases/d%d", i) }, func(int) testsuite.Script {
		return testsuite.Script{RunsFor: time.Minute, Metadata: testsuite.RawMetadata(`{"@type":"` + kind + `"}`)}
	})
	in := s.setInput(more)
	in.StartTime = s.clock.Now()
	if _, err := pollSet(activities.New(picky, s.options), in); err != nil {
		t.Fatal(err)
	}
	if refused != 1 || len(picky.lists) < 3 {
		t.Errorf("%d filters refused in %d lists, want one and lists without", refused, len(picky.lists))
	}
}

// Waits on one operation share a read, and a read for somebody else is an answer
// to those who wait.
func TestPollerShares(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{RunsFor: time.Hour})
	s.clock = manualclock.New(start)
	s.service = testsuite.ForTest(t, testsuite.Options{Clock: s.clock})
	s.ref = s.service.Start(opName, testsuite.Script{RunsFor: 90 * time.Second})
	s.options.Clock = s.clock
	a := s.activities()
	const waits = 5
	var all sync.WaitGroup
	for range waits {
		all.Go(func() {
			in := s.input()
			in.Policy = lro.PollPolicy{InitialInterval: time.Minute, MaximumInterval: time.Minute, YieldInterval: time.Hour}
			if out, err := poll(a, in); err != nil || !out.Operation.Done {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
	if err := s.clock.BlockUntil(t.Context(), waits); err != nil {
		t.Fatal(err)
	}
	s.service.ForgetCalls()
	s.clock.Advance(time.Minute)
	if err := s.clock.BlockUntil(t.Context(), waits); err != nil {
		t.Fatal(err)
	}
	if n := s.service.Count(); n > 2 { // a straggler may come after the read
		t.Errorf("%d reads for %d waits on one operation", n, waits)
	}
	s.clock.Advance(31 * time.Second) // not due yet, but done
	if _, err := a.Poller().GetOperation(t.Context(), s.ref); err != nil {
		t.Fatal(err)
	}
	all.Wait()
}

// Waits in step with no one are answered by the lists of others.
func TestPollerAnswersEarly(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	scripts := []testsuite.Script{{RunsFor: 100 * time.Second}, {RunsFor: 100 * time.Second}, {RunsFor: 50 * time.Second}}
	refs := s.fleet(t, 3, oneInstance, func(i int) testsuite.Script { return scripts[i] })
	a := s.activities()
	leave := []func(){s.clock.Join(), s.clock.Join()}
	var all sync.WaitGroup
	all.Go(func() {
		defer leave[0]()
		in := s.setInput(refs[:2])
		in.Policy = lro.PollPolicy{InitialInterval: 10 * time.Second, MaximumInterval: 10 * time.Second}
		if _, err := pollSet(a, in); err != nil {
			t.Error(err)
		}
	})
	all.Go(func() {
		defer leave[1]()
		in := s.setInput(refs[2:])
		in.Policy = lro.PollPolicy{InitialInterval: time.Hour, MaximumInterval: time.Hour}
		out, err := pollSet(a, in)
		if err != nil || out.Polls < 5 {
			t.Errorf("%d answers by a schedule of an hour (%v), though others list every 10 s", out.Polls, err)
		}
	})
	all.Wait()
	if gets := s.service.CallsFor(testsuite.MethodGet, refs[2]); len(gets) > 1 {
		t.Errorf("it was read by itself %d times", len(gets))
	}
}

// A set that no list answers for does not starve a single wait of the same project.
func TestPollerIsFair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &setup{service: testsuite.ForTest(t, testsuite.Options{})}
		refs := s.fleet(t, 100, func(i int) string { return fmt.Sprintf("projects/p/instances/i%d", i) }, func(int) testsuite.Script {
			return testsuite.Script{RunsFor: 3 * time.Minute}
		})
		single := s.service.Start("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: 3 * time.Minute})
		poller := newPoller(t, s.service, poller.Options{Budgets: spannerBudget(poller.Budget{RequestsPerSecond: 2})})
		a := activities.New(poller, s.options)
		var all sync.WaitGroup
		all.Go(func() {
			in := s.setInput(refs)
			in.StartTime = time.Now()
			if _, err := pollSet(a, in); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			in := activities.PollInput{Ref: single, StartTime: time.Now(), Policy: lro.PollPolicy{YieldInterval: time.Hour}}
			if _, err := poll(a, in); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		time.Sleep(time.Second) // what waits for a token ends
		// 101 reads at 2 a second take 51 s: none waits for much longer.
		if wait := poller.Stats(lro.SpannerService).LongestWait; wait > time.Minute {
			t.Errorf("a request waited %v for its turn", wait)
		}
		calls := s.service.CallsFor(testsuite.MethodGet, single)
		for i := 1; i < len(calls); i++ {
			if gap := calls[i].Time.Sub(calls[i-1].Time); gap > 90*time.Second {
				t.Errorf("the single wait was not read for %v", gap)
			}
		}
		if len(calls) < 3 {
			t.Errorf("the single wait was read %d times", len(calls))
		}
	})
}

// Quota errors of a list slow down, and are no reason to ask one by one.
func TestPollerListRejected(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	refs := s.fleet(t, 50, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: time.Minute} })
	s.service.AddFaults(testsuite.RateLimited(20*time.Second).On(testsuite.MethodList).Calls(1, 1))
	out, err := pollSet(s.activities(), s.setInput(refs))
	if err != nil || strings.Trim(string(out.States), "s") != "" {
		t.Fatalf("%v, %s", err, out.States)
	}
	calls := s.service.Calls()
	if len(calls) < 2 || calls[1].Time.Sub(calls[0].Time) < 20*time.Second {
		t.Errorf("the next of %d requests came %v after a rejection that asked for 20 s", len(calls), calls[1].Time.Sub(calls[0].Time))
	}
}

// A reply too long for the client has the next list ask for less.
func TestPollerPageTooLong(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	refs := s.fleet(t, 3, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: 30 * time.Second} })
	client := &listing{Client: s.service}
	client.respond = func(in lro.ListRequest) (lro.Page, error) {
		if in.PageSize > 100 {
			return lro.Page{}, &lro.Error{Method: "ListOperations", HTTP: 200, NoStatus: true, Status: lro.Status{Code: lro.CodeOutOfRange}}
		}
		return s.service.ListOperations(t.Context(), in)
	}
	if _, err := pollSet(activities.New(client, s.options), s.setInput(refs)); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, list := range client.lists {
		sizes = append(sizes, list.PageSize)
	}
	if len(sizes) < 3 || sizes[0] != 1000 || sizes[1] != 250 || sizes[2] != 62 {
		t.Errorf("page sizes %v", sizes)
	}
}

// renaming is a Client whose first Get answers with another name.
type renaming struct {
	lro.Client
	name  string
	calls atomic.Int32
}

func (r *renaming) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := r.Client.GetOperation(ctx, ref)
	if r.calls.Add(1) == 1 {
		op.Name = r.name
	}
	return op, err
}

// The reply to a Get is of the operation that was asked for, or read again.
func TestPollerForeignReply(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		name   string
		taken  bool
	}{
		"same":    {"its own", opName, true},
		"number":  {"a project's number for its id", "projects/123/instances/i/operations/o", true},
		"none":    {"a reply may have no name", "", true},
		"other":   {"another's", "projects/p/instances/i/operations/x", false},
		"further": {"another's, elsewhere", "projects/p/instances/other/operations/oo", false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			client := &renaming{Client: s.service, name: row.name}
			out, err := poll(activities.New(client, s.options), s.input())
			if err != nil || !out.Operation.Done || (client.calls.Load() == 1) != row.taken {
				t.Errorf("%s: %+v, %v after %d reads", row.reason, out, err, client.calls.Load())
			}
			if !row.taken && out.Operation.Name != opName {
				t.Errorf("%s: the result is of %s", row.reason, out.Operation.Name)
			}
			client.calls.Store(0)
			_, err = activities.New(client, s.options).Poller().GetOperation(t.Context(), s.ref)
			if row.taken {
				if err != nil {
					t.Errorf("%s: by hand %v", row.reason, err)
				}
				return
			}
			if lro.Classify(err) != lro.ClassTransient || !strings.Contains(err.Error(), row.name) || !strings.Contains(err.Error(), opName) {
				t.Errorf("%s: by hand %v, want a transient error that names both", row.reason, err)
			}
		})
	}
}

func TestPollerInvalid(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	if got := s.activities().Poller().Unwrap(); got != lro.Client(s.service) {
		t.Errorf("unwraps to %T", got)
	}
	_, err := s.activities().Poller().GetOperation(t.Context(), lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/none"})
	var failed *lro.Error
	if !errors.As(err, &failed) || failed.Status.Code != lro.CodeNotFound {
		t.Errorf("%v, want the service's own", err)
	}
}

// A list that shows none of a few, which may be on later pages, is tried again at
// once for many.
func TestPollerListsForMany(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	s.service = testsuite.ForTest(t, testsuite.Options{Clock: s.clock, PageSize: 10})
	old := s.fleet(t, 2, oneInstance, func(int) testsuite.Script { return testsuite.Script{} })
	var many []lro.Ref
	for i := range 100 {
		many = append(many, s.service.Start(fmt.Sprintf("projects/p/instances/i/operations/newer%d", i), testsuite.Script{}))
	}
	a := s.activities()
	for _, refs := range [][]lro.Ref{old, many} {
		if _, err := pollSet(a, s.setInput(refs)); err != nil {
			t.Fatal(err)
		}
	}
	if gets := s.service.Count(testsuite.MethodGet); gets > len(old) {
		t.Errorf("%d reads one by one: %v", gets, s.service.Calls())
	}
}

// Those who are looked for may be on later pages: for many, some are looked at.
func TestPollerListsFurther(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	s.service = testsuite.ForTest(t, testsuite.Options{Clock: s.clock, PageSize: 10})
	refs := s.fleet(t, 100, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: time.Minute} })
	for i := range 50 { // newer, and so listed before
		s.service.Start(fmt.Sprintf("projects/p/instances/i/operations/other%d", i), testsuite.Script{End: testsuite.RunForever()})
	}
	out, err := pollSet(s.activities(), s.setInput(refs))
	if err != nil {
		t.Fatal(err)
	}
	if gets := s.service.Count(testsuite.MethodGet); gets > 0 {
		t.Errorf("%d reads one by one: %v", gets, s.service.Calls())
	}
	if calls := s.service.Count(); calls > out.Polls/4 {
		t.Errorf("%d calls for %d answers: %v", calls, out.Polls, s.service.Calls())
	}
}

// A list that answers for many is made sooner than reads one by one would be, one
// that hardly pays is not.
func TestPollerListsSooner(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		pageSize int
		want     time.Duration
	}{
		"many a page": {"it saves fifty reads a page", 100, 14 * time.Second},
		"two a page":  {"it saves hardly more reads than it has pages", 2, 16 * time.Second},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			s.service = testsuite.ForTest(t, testsuite.Options{Clock: s.clock, PageSize: row.pageSize})
			refs := s.fleet(t, 50, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: 100 * time.Second} })
			in := s.setInput(refs)
			in.Policy = lro.PollPolicy{InitialInterval: 16 * time.Second, MaximumInterval: 16 * time.Second}
			if _, err := pollSet(s.activities(), in); err != nil {
				t.Fatal(err)
			}
			var lists []time.Time
			for _, call := range s.service.Calls(testsuite.MethodList) {
				if n := len(lists); n == 0 || call.Time != lists[n-1] {
					lists = append(lists, call.Time)
				}
			}
			if n := len(lists); n < 4 || lists[3].Sub(lists[2]) != row.want {
				t.Errorf("%s: lists at %v, want them %v apart", row.reason, lists, row.want)
			}
		})
	}
}
