package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// counted answers running until its reads are used up.
type counted struct {
	lro.Client
	reads int
	op    lro.Operation
}

func (c *counted) GetOperation(context.Context, lro.Ref) (lro.Operation, error) {
	c.reads--
	op := c.op
	op.Done = c.reads <= 0
	return op, nil
}

// BenchmarkHeldPoll reports what a held poll costs in all, as a multiple of the
// read it makes: of an in-memory client that has an operation's JSON to parse.
func BenchmarkHeldPoll(b *testing.B) {
	const body = `{"name":"` + opName + `","metadata":{"progress":{"progressPercent":40,"startTime":"2026-01-02T03:04:05Z"}}}`
	ref := lro.Ref{Service: lro.SpannerService, Name: opName}
	op, err := lro.ParseOperation([]byte(body))
	if err != nil {
		b.Fatal(err)
	}
	client := &parsing{counted: counted{reads: b.N, op: op}, body: []byte(body)}
	bare := time.Now()
	for range b.N {
		if _, err := client.GetOperation(b.Context(), ref); err != nil {
			b.Fatal(err)
		}
	}
	perRead := time.Since(bare)
	client.reads = b.N
	now := time.Now()
	// The clock stands still: no budget would ever be filled up.
	poller, err := poller.New(client, poller.Options{Clock: still{now}, Budgets: map[string]poller.Budget{ref.Service: {Burst: b.N}}})
	if err != nil {
		b.Fatal(err)
	}
	a := activities.New(poller, activities.Options{Clock: still{now}})
	env := newEnv()
	env.SetTestTimeout(time.Hour)
	b.ResetTimer()
	if _, err := execute[activities.PollOutput](env, a, activities.PollOperationName, activities.PollInput{Ref: ref, StartTime: now, Policy: lro.PollPolicy{IgnoreProgress: true}}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(perRead), "poll/get")
}

// parsing reads its answer from JSON, as every real client does.
type parsing struct {
	counted
	body []byte
}

func (c *parsing) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if _, err := lro.ParseOperation(c.body); err != nil {
		return lro.Operation{}, err
	}
	return c.counted.GetOperation(ctx, ref)
}

// still is a clock whose sleeps take no time.
type still struct{ now time.Time }

func (s still) Now() time.Time { return s.now }

func (still) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// BenchmarkSetPoll reports what an answer to a set of 1,000 operations costs in
// all, from the page it is on to the time of the next read, as a multiple of
// parsing its JSON.
func BenchmarkSetPoll(b *testing.B) {
	const n = 1000
	clock := manualclock.New(start)
	clock.AutoAdvance()
	client := &paged{clock: clock}
	var refs []lro.Ref
	for i := range n {
		name := fmt.Sprintf("projects/p/instances/i/operations/o%d", i)
		refs = append(refs, lro.Ref{Service: lro.SpannerService, Name: name})
		client.bodies = append(client.bodies, []byte(`{"name":"`+name+`","metadata":{"progress":{"startTime":"2026-01-02T03:04:05Z"}}}`))
	}
	set, _ := sets.New(refs)
	answers, parsing := 0, time.Duration(0)
	for b.Loop() {
		client.ends, client.parsing = clock.Now().Add(time.Minute), 0
		out, err := execute[sets.PollOutput](newEnv(), activities.New(client, activities.Options{Clock: clock}), activities.PollOperationsName,
			sets.PollInput{Operations: set, StartTime: clock.Now()})
		if err != nil {
			b.Fatal(err)
		}
		answers += out.Polls
		parsing += client.parsing
	}
	b.ReportMetric(float64(b.Elapsed())/float64(parsing), "answer/parse")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(answers), "ns/answer")
}

// paged answers lists from JSON, and keeps how long that took.
type paged struct {
	lro.Client
	clock   poller.Clock
	ends    time.Time
	bodies  [][]byte
	parsing time.Duration
}

func (p *paged) ListOperations(_ context.Context, in lro.ListRequest) (page lro.Page, err error) {
	const size = 100
	from, _ := strconv.Atoi(in.PageToken) // "" for the first
	began := time.Now()
	for _, body := range p.bodies[from:min(from+size, len(p.bodies))] {
		op, err := lro.ParseOperation(body)
		if err != nil {
			return page, err
		}
		if !p.clock.Now().Before(p.ends) {
			op.Done, op.Response = true, json.RawMessage("{}")
		}
		page.Operations = append(page.Operations, op)
	}
	p.parsing += time.Since(began)
	if from+size < len(p.bodies) {
		page.NextPageToken = strconv.Itoa(from + size)
	}
	return page, nil
}
