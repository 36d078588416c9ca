package poller

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"

	"github.com/awaitop/awaitop/internal/telemetry"
)

// requestInstruments measure a Poller's requests.
type requestInstruments struct {
	throttled  metric.Float64Counter
	rejections metric.Int64Counter
	waiting    metric.Int64UpDownCounter
	rate       metric.Float64Gauge
}

// newRequestInstruments never fails: an instrument that cannot be made does nothing.
func newRequestInstruments() *requestInstruments {
	m, i := otel.Meter(telemetry.Scope), &requestInstruments{}
	i.throttled, _ = m.Float64Counter("awaitop.throttled.time", metric.WithDescription("Time that requests waited for the budget."), metric.WithUnit("s"))
	i.rejections, _ = m.Int64Counter("awaitop.quota.rejections", metric.WithDescription("Requests that the service answered with a quota error."), metric.WithUnit("{request}"))
	i.waiting, _ = m.Int64UpDownCounter("awaitop.requests.waiting", metric.WithDescription("Requests that wait for the budget."), metric.WithUnit("{request}"))
	i.rate, _ = m.Float64Gauge("awaitop.budget.rate", metric.WithDescription("Requests a second that the lowest budget of a service's consumers allows: below its share after quota errors."), metric.WithUnit("{request}/s"))
	return i
}

// budgetInstruments measure one service's budget.
type budgetInstruments struct {
	*requestInstruments
	service    metric.MeasurementOption
	priorities [PriorityPoll + 1]metric.MeasurementOption
}

func (i *requestInstruments) budget(service string) *budgetInstruments {
	b := &budgetInstruments{requestInstruments: i, service: metric.WithAttributes(telemetry.ServiceKey.String(service))}
	for p := range b.priorities {
		b.priorities[p] = metric.WithAttributes(telemetry.ServiceKey.String(service), telemetry.PriorityKey.String(Priority(p).String()))
	}
	return b
}

func (b *budgetInstruments) enter() { b.waiting.Add(context.Background(), 1, b.service) }

// leave notes that a request does not wait any more: its turn has come, or it was withdrawn.
func (b *budgetInstruments) leave(t *ticket, now time.Time) {
	b.waiting.Add(context.Background(), -1, b.service)
	if waited := now.Sub(t.since); waited > 0 {
		b.throttled.Add(context.Background(), waited.Seconds(), b.priorities[t.priority])
	}
}

func (b *budgetInstruments) reject() { b.rejections.Add(context.Background(), 1, b.service) }

func (b *budgetInstruments) allow(perSecond float64) {
	b.rate.Record(context.Background(), perSecond, b.service)
}

// String names the priority as metrics do.
func (p Priority) String() string {
	names := [...]string{PriorityCancel: "cancel", PriorityStart: "start", PriorityNow: "now", PriorityLast: "last", PriorityPoll: "poll"}
	if p < 0 || int(p) >= len(names) {
		return "unknown"
	}
	return names[p]
}
