package activities

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Attributes of metrics. No metric names an operation, because their number is unbounded.
const (
	// kindKey is "single" for an operation of its own, "set" for the operations of an AwaitAll.
	kindKey = attribute.Key("awaitop.kind")
	// resultKey is the result of a read: "running", "done", or the error's [lro.Class].
	resultKey = attribute.Key("awaitop.result")
)

// Attributes of spans, named as google-cloud-go names them.
const (
	pollsKey   = attribute.Key("gcp.longrunning.poll_attempt_count")
	setSizeKey = attribute.Key("awaitop.set.size")
	endKey     = attribute.Key("awaitop.hold.end")
)

// instruments measure the activities.
type instruments struct {
	tracer  trace.Tracer
	polls   metric.Int64Counter
	delay   metric.Float64Histogram
	held    metric.Int64UpDownCounter
	lag     metric.Float64Histogram
	cancels metric.Int64Counter
	undos   metric.Int64Counter

	mu    sync.Mutex
	waits map[waitKey]*waitInstruments
}

// seconds are the bounds of histograms.
var seconds = metric.WithExplicitBucketBoundaries(.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)

// newInstruments never fails. An instrument that cannot be made does nothing.
func newInstruments() *instruments {
	m := otel.Meter(telemetry.Scope)
	i := &instruments{tracer: otel.Tracer(telemetry.Scope), waits: map[waitKey]*waitInstruments{}}
	i.polls, _ = m.Int64Counter("awaitop.polls", metric.WithDescription("Answers that waits were given, by what they were."), metric.WithUnit("{poll}"))
	i.delay, _ = m.Float64Histogram("awaitop.poll.delay", metric.WithDescription("How much later than scheduled a read was answered."), metric.WithUnit("s"), seconds)
	i.held, _ = m.Int64UpDownCounter("awaitop.waits.held", metric.WithDescription("Waits that this process holds. Those that the Temporal server holds between two reads are not among them."), metric.WithUnit("{wait}"))
	i.lag, _ = m.Float64Histogram("awaitop.detection.lag", metric.WithDescription("From when an operation ended, by its metadata, to when that was seen."), metric.WithUnit("s"), seconds)
	i.cancels, _ = m.Int64Counter("awaitop.cancels", metric.WithDescription("Cancel requests, by what the service answered."), metric.WithUnit("{cancel}"))
	i.undos, _ = m.Int64Counter("awaitop.undo.tries", metric.WithDescription("Attempts at the undo of a saga's step, by what became of them."), metric.WithUnit("{try}"))
	// A worker that holds nothing has a series, so that an autoscaler tells it from one that is not measured.
	for _, kind := range []string{kindSingle, kindSet} {
		i.held.Add(context.Background(), 0, i.of(telemetry.OtherService, kind).waits)
	}
	return i
}

const (
	kindSingle = "single"
	kindSet    = "set"
)

// The results of reads in metrics.
const (
	resultRunning = "running"
	resultDone    = "done"
)

func pollResults() []string {
	results := []string{resultRunning, resultDone}
	for _, class := range lro.Classes() {
		results = append(results, resultOf(class))
	}
	return results
}

func resultOf(class lro.Class) string { return strings.ReplaceAll(string(class), " ", "_") }

// waitKey has the attributes that distinguish waits in metrics.
type waitKey struct{ service, kind string }

// waitInstruments measure the waits of one service and kind. Their attributes are made once,
// because that takes a deep stack, and a held poll has a small one.
type waitInstruments struct {
	*instruments
	service, waits metric.MeasurementOption // without the kind, and with it
	results        map[string]metric.MeasurementOption
	spans          trace.SpanStartEventOption
}

func (i *instruments) of(service, kind string) *waitInstruments {
	i.mu.Lock()
	defer i.mu.Unlock()
	key := waitKey{service, kind}
	made := i.waits[key]
	if made == nil {
		both := []attribute.KeyValue{telemetry.ServiceKey.String(service), kindKey.String(kind)}
		made = &waitInstruments{
			instruments: i, service: metric.WithAttributes(telemetry.ServiceKey.String(service)), waits: metric.WithAttributes(both...),
			results: map[string]metric.MeasurementOption{}, spans: trace.WithAttributes(both...),
		}
		for _, result := range pollResults() {
			made.results[result] = metric.WithAttributes(append(both, resultKey.String(result))...)
		}
		i.waits[key] = made
	}
	return made
}

// countPoll counts an answer.
func (i *waitInstruments) countPoll(ctx context.Context, a *poller.Answer) {
	result := resultRunning
	switch {
	case a.Err != nil:
		result = resultOf(lro.Classify(a.Err))
	case a.Op.Done:
		result = resultDone
	}
	i.polls.Add(ctx, 1, i.results[result])
}

// recordDelay measures how much later than scheduled a read was answered.
func (i *waitInstruments) recordDelay(ctx context.Context, by time.Duration) {
	i.delay.Record(ctx, max(by, 0).Seconds(), i.service)
}

// recordLag measures how long it took to see that an operation has ended, if its metadata says when.
// An operation that had ended before its poll began does not count, unless that poll goes on with
// the wait after a cancel.
func (i *waitInstruments) recordLag(ctx context.Context, op lro.Operation, began time.Time, canceling bool, at time.Time) {
	if end := lro.ProgressOf(op.Metadata).EndTime; !end.IsZero() && (canceling || end.After(began)) {
		i.lag.Record(ctx, max(at.Sub(end), 0).Seconds(), i.waits) // their clocks may differ
	}
}

// countCancel counts a cancel request that got its final answer.
func (i *instruments) countCancel(ctx context.Context, service string, result cancels.Result) {
	i.cancels.Add(ctx, 1, metric.WithAttributes(telemetry.ServiceKey.String(service), resultKey.String(string(result))))
}

// hold begins the span of a poll that this process holds.
func (i *waitInstruments) hold(ctx context.Context, what attribute.KeyValue) (context.Context, trace.Span) {
	i.held.Add(ctx, 1, i.waits)
	traced, span := i.tracer.Start(ctx, "awaitop.hold", i.spans, trace.WithAttributes(what))
	if !span.SpanContext().IsValid() { // without tracing nothing is kept
		return ctx, trace.SpanFromContext(context.Background())
	}
	return traced, span
}

// release ends the span: with a failure of the wait, with an operation that is done, or with a
// yield.
func (i *waitInstruments) release(ctx context.Context, span trace.Span, polls int, op *lro.Operation, err error) {
	i.held.Add(ctx, -1, i.waits)
	if !span.IsRecording() {
		span.End()
		return
	}
	span.SetAttributes(pollsKey.Int(polls))
	failure, failed := lro.AsFailure(err)
	switch {
	case failed:
		span.SetAttributes(endKey.String("failed"), telemetry.DoneKey.Bool(false), telemetry.StatusKey.Int(int(failure.Code())))
		span.SetStatus(codes.Error, failure.Code().String())
	case hold.IsYield(err):
		span.SetAttributes(endKey.String("yielded"), telemetry.DoneKey.Bool(false))
	case errors.Is(err, context.Canceled):
		span.SetAttributes(endKey.String("canceled"), telemetry.DoneKey.Bool(false))
	case op == nil:
		span.SetAttributes(endKey.String("ended"))
	default:
		span.SetAttributes(endKey.String("ended"), telemetry.DoneKey.Bool(op.Done))
		if op.Done {
			code := lro.CodeOK
			if op.Error != nil {
				code = op.Error.Code
			}
			span.SetAttributes(telemetry.StatusKey.Int(int(code)))
		}
	}
	span.End()
}
