package worker

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"

	"github.com/awaitop/awaitop/internal/telemetry"
)

// censusInstruments measure the counts of workers.
type censusInstruments struct {
	workers  metric.Int64Gauge
	failures metric.Int64Counter
}

// newCensusInstruments never fails: an instrument that cannot be made does nothing.
func newCensusInstruments() *censusInstruments {
	m, i := otel.Meter(telemetry.Scope), &censusInstruments{}
	i.workers, _ = m.Int64Gauge("awaitop.workers.counted", metric.WithDescription("Workers that share the totals of budgets, by the polls of their task queues. Dead ones count for some minutes."), metric.WithUnit("{worker}"))
	i.failures, _ = m.Int64Counter("awaitop.workers.count.failures", metric.WithDescription("Counts of the workers that share the totals of budgets which failed: the last number stays."), metric.WithUnit("{count}"))
	i.failures.Add(context.Background(), 0)
	return i
}

func (i *censusInstruments) count(workers int) {
	i.workers.Record(context.Background(), int64(workers))
}

func (i *censusInstruments) fail() { i.failures.Add(context.Background(), 1) }
