package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// counted answers running until its reads are used up.
type counted struct {
	activities.Client
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
	a := activities.New(client, activities.Options{Clock: still{now}})
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
