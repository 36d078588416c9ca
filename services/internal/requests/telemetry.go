package requests

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
)

// Attributes of requests, beside those of package activities. Only spans have the resource.
const (
	// methodKey is the API's method, such as "GetOperation".
	methodKey = attribute.Key("rpc.method")
	// codeKey is the name of the answer's code, such as "OK". Without an answer it is the code of
	// the [lro.Error].
	codeKey = attribute.Key("rpc.response.status_code")
)

// Instruments measure requests. Each try counts as one.
type Instruments struct {
	tracer   trace.Tracer
	requests metric.Float64Histogram
}

// NewInstruments never fails. An instrument that cannot be made does nothing.
func NewInstruments() Instruments {
	requests, _ := otel.Meter(telemetry.Scope).Float64Histogram("awaitop.api.request.duration",
		metric.WithDescription("Requests to operations APIs and those that start operations, each try, by method and code."), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30))
	return Instruments{tracer: otel.Tracer(telemetry.Scope), requests: requests}
}

// Observe makes a request about a resource of a service within a span, and measures it. The name is
// "" for a request about no resource.
func Observe[T any](ctx context.Context, i Instruments, method, service, name string, request func(ctx context.Context) (T, error)) (T, error) {
	ctx, span := i.tracer.Start(ctx, method, trace.WithAttributes(telemetry.ServiceKey.String(service), methodKey.String(method)))
	defer span.End()
	if name != "" {
		span.SetAttributes(telemetry.ResourceKey.String(name))
	}
	began := time.Now()
	out, err := request(ctx)
	code := codeOf(err)
	i.requests.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(
		telemetry.ServiceKey.String(service), methodKey.String(method), codeKey.String(code.String())))
	if err != nil {
		span.SetAttributes(telemetry.StatusKey.Int(int(code)))
		span.SetStatus(codes.Error, code.String())
	} else if op, ok := any(out).(lro.Operation); ok {
		span.SetAttributes(telemetry.DoneKey.Bool(op.Done))
	}
	return out, err
}

// codeOf is the code of an answer.
func codeOf(err error) lro.Code {
	var failed *lro.Error
	switch {
	case err == nil:
		return lro.CodeOK
	case errors.As(err, &failed):
		return failed.Status.Code
	case errors.Is(err, context.DeadlineExceeded):
		return lro.CodeDeadlineExceeded
	case errors.Is(err, context.Canceled):
		return lro.CodeCanceled
	default:
		return lro.CodeUnknown
	}
}
