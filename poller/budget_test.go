package poller_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

const opName = "projects/p/instances/i/operations/o"

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// pacing is a Poller whose requests are told apart by the time they were made at.
type pacing struct {
	t      *testing.T
	clock  *manualclock.Clock
	poller *poller.Poller

	mu   sync.Mutex
	made []string
}

func newPacing(t *testing.T, budget poller.Budget) *pacing {
	t.Helper()
	p := &pacing{t: t, clock: manualclock.New(start)}
	poller, err := poller.New(testsuite.ForTest(t, testsuite.Options{Clock: p.clock}), poller.Options{
		Clock: p.clock, Budgets: map[string]poller.Budget{lro.SpannerService: budget},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.poller = poller
	return p
}

// do makes a request and notes its name.
func (p *pacing) do(priority poller.Priority, name string, err error) error {
	return p.doIn(p.t.Context(), priority, name, err)
}

func (p *pacing) doIn(ctx context.Context, priority poller.Priority, name string, err error) error {
	return p.poller.Do(ctx, lro.SpannerService, opName, priority, func(context.Context) error {
		p.note(name)
		return err
	})
}

func (p *pacing) note(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made = append(p.made, name)
}

func (p *pacing) names() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.made)
}

// waiting blocks until n requests wait for their turn.
func (p *pacing) waiting(n int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second) // which is for ever
	defer cancel()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for p.poller.Stats(lro.SpannerService).Waiting < n {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			p.t.Fatal("they never waited")
		}
	}
}

// run lets time pass, a turn's worth at a time, until n requests have been made.
func (p *pacing) run(n int, step time.Duration) {
	p.t.Helper()
	ticker := time.NewTicker(100 * time.Microsecond)
	defer ticker.Stop()
	for made := len(p.names()); made < n; made++ {
		if err := p.clock.BlockUntil(p.t.Context(), 1); err != nil {
			p.t.Fatal(err)
		}
		p.clock.Advance(step)
		for len(p.names()) <= made {
			<-ticker.C
		}
	}
}

var quotaError = &lro.Error{Method: "GetOperation", HTTP: 429, Status: lro.Status{Code: lro.CodeResourceExhausted}}

var quotaDetails = []json.RawMessage{json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED"}`)}

// While the budget does not suffice, requests go by their priority.
func TestBudgetOrder(t *testing.T) {
	t.Parallel()
	p := newPacing(t, poller.Budget{RequestsPerSecond: 1, Burst: 1})
	if err := p.do(poller.PriorityPoll, "first", nil); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	order := []string{"cancel", "start", "now", "last", "poll"}
	for i, name := range slices.Backward(order) { // the most urgent comes last
		all.Go(func() { _ = p.do(poller.Priority(i), name, nil) })
		p.waiting(len(order) - i)
	}
	p.run(6, time.Second)
	all.Wait()
	if got := p.names(); !slices.Equal(got, append([]string{"first"}, order...)) {
		t.Errorf("made in the order %v", got)
	}
	if took := p.clock.Now().Sub(start); took < 5*time.Second || took > 7*time.Second {
		t.Errorf("6 requests at 1 a second took %v", took)
	}
}

// What began earlier comes to its end first, though it takes several requests and
// each is queued after those of what began later.
func TestBudgetByArrival(t *testing.T) {
	t.Parallel()
	p := newPacing(t, poller.Budget{RequestsPerSecond: 1, Burst: 1})
	if err := p.do(poller.PriorityStart, "first", nil); err != nil {
		t.Fatal(err)
	}
	earlier := p.poller.Arrived(t.Context())
	p.clock.Advance(time.Millisecond)
	later := p.poller.Arrived(t.Context())
	var all sync.WaitGroup
	for i, ctx := range []context.Context{later, later, earlier} {
		name := []string{"later", "later", "earlier"}[i]
		all.Go(func() { _ = p.doIn(ctx, poller.PriorityStart, name, nil) })
		p.waiting(i + 1)
	}
	p.run(4, time.Second)
	all.Wait()
	if got := p.names(); !slices.Equal(got, []string{"first", "earlier", "later", "later"}) {
		t.Errorf("made in the order %v", got)
	}
}

// One turn in eight goes to whoever has waited longest, so that a flood of more
// urgent requests starves nobody.
func TestBudgetStarvesNobody(t *testing.T) {
	t.Parallel()
	p := newPacing(t, poller.Budget{RequestsPerSecond: 10, Burst: 1})
	if err := p.do(poller.PriorityPoll, "first", nil); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() { _ = p.do(poller.PriorityPoll, "poll", nil) })
	p.waiting(1)
	const flood = 100
	for range flood {
		all.Go(func() { _ = p.do(poller.PriorityCancel, "cancel", nil) })
	}
	p.waiting(flood + 1)
	p.run(flood+2, 100*time.Millisecond)
	all.Wait()
	if at := slices.Index(p.names(), "poll"); at > 8 {
		t.Errorf("the poll was made as number %d of %d", at, flood+2)
	}
	if stats := p.poller.Stats(lro.SpannerService); stats.Requests != flood+2 || stats.LongestWait > 12*time.Second {
		t.Errorf("%+v", stats)
	}
}

// A rejection halves the rate, once for all that comes of the same excess, and it
// is raised back to the share and not beyond.
func TestBudgetAdapts(t *testing.T) {
	t.Parallel()
	const share = 100
	p := newPacing(t, poller.Budget{RequestsPerSecond: share})
	rate := func() float64 { return p.poller.Stats(lro.SpannerService).RequestsPerSecond }
	for range share {
		if err := p.do(poller.PriorityPoll, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	p.clock.AutoAdvance()
	for range 3 {
		if err := p.do(poller.PriorityPoll, "", quotaError); !errors.Is(err, quotaError) {
			t.Fatalf("%v, want the request's own error", err)
		}
	}
	if got := rate(); got < share/2-1 || got > share/2+5 {
		t.Errorf("%v a second after rejections, want half of %v", got, share)
	}
	before := rate()
	p.clock.Advance(5 * time.Second)
	if got := rate(); got <= before || got >= share {
		t.Errorf("%v a second after 5 s, want more than %v and less than the share", got, before)
	}
	p.clock.Advance(time.Minute)
	if got := rate(); got != share {
		t.Errorf("%v a second after a minute, want the share", got)
	}
	if stats := p.poller.Stats(lro.SpannerService); stats.Rejected != 3 {
		t.Errorf("%+v", stats)
	}
}

// Other errors say nothing about the quota.
func TestBudgetKeepsItsRate(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		err    error
		halved bool
	}{
		"unavailable": {"a 503 is not about us", &lro.Error{HTTP: 503, Status: lro.Status{Code: lro.CodeUnavailable}}, false},
		"denied":      {"nor is a missing permission", &lro.Error{HTTP: 403, Status: lro.Status{Code: lro.CodePermissionDenied}}, false},
		"quota":       {"a 403 may be", &lro.Error{HTTP: 403, Status: lro.Status{Code: lro.CodePermissionDenied, Details: quotaDetails}}, true},
		"network":     {"no reply is no rejection", errors.New("connection refused"), false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPacing(t, poller.Budget{RequestsPerSecond: 10})
			_ = p.do(poller.PriorityPoll, "", row.err)
			if halved := p.poller.Stats(lro.SpannerService).RequestsPerSecond < 10; halved != row.halved {
				t.Errorf("%s: the rate is lowered: %t", row.reason, halved)
			}
		})
	}
}

// Who gives up leaves the queue, and takes nobody's turn with it.
func TestBudgetGivesUp(t *testing.T) {
	t.Parallel()
	p := newPacing(t, poller.Budget{RequestsPerSecond: 1, Burst: 1})
	if err := p.do(poller.PriorityPoll, "first", nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		gone <- p.poller.Do(ctx, lro.SpannerService, opName, poller.PriorityPoll, func(context.Context) error { return errors.New("was called") })
	}()
	p.waiting(1)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's error", err)
	}
	p.clock.AutoAdvance()
	if err := p.do(poller.PriorityPoll, "next", nil); err != nil {
		t.Fatal(err)
	}
}

func TestInvalidBudgets(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		service string
		budget  poller.Budget
		field   string
	}{
		"rate":    {lro.SpannerService, poller.Budget{RequestsPerSecond: -1}, "budgets.spanner.googleapis.com.requestsPerSecond"},
		"tiny":    {lro.SpannerService, poller.Budget{RequestsPerSecond: 1e-10}, "budgets.spanner.googleapis.com.requestsPerSecond"},
		"least":   {lro.SpannerService, poller.Budget{RequestsPerSecond: 0.001}, "client"},
		"burst":   {lro.SpannerService, poller.Budget{Burst: -1}, "budgets.spanner.googleapis.com.burst"},
		"service": {"https://spanner.googleapis.com", poller.Budget{}, "budgets"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := poller.New(nil, poller.Options{Budgets: map[string]poller.Budget{row.service: row.budget}})
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != row.field {
				t.Errorf("%v, want %s refused", err, row.field)
			}
		})
	}
}
