// Package telemetry sets OpenTelemetry up for the process: metrics for Prometheus,
// and whatever OTEL_* asks for.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.temporal.io/sdk/client"
	temporal "go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"

	"github.com/awaitop/awaitop/workflows"
)

// Telemetry is that of the process, whose global providers it sets.
type Telemetry struct {
	// Metrics serves them for Prometheus.
	Metrics http.Handler

	interceptor interceptor.Interceptor
	shutdowns   []func(context.Context) error
}

// Start reads OTEL_* and begins. Metrics are always there for Prometheus. Spans, and
// metrics by OTLP, are sent where OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER or an
// OTEL_EXPORTER_OTLP_* endpoint asks for it.
func Start(ctx context.Context) (*Telemetry, error) {
	described, err := resource.New(ctx, resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithHost(),
		resource.WithAttributes(attributeOfService()...))
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("describe the process to OpenTelemetry: %w", err)
	}
	t := &Telemetry{}
	if err := t.measure(ctx, described); err != nil {
		return nil, fmt.Errorf("set up metrics: %w", err)
	}
	if err := t.trace(ctx, described); err != nil {
		return nil, fmt.Errorf("set up traces: %w", err)
	}
	return t, nil
}

func (t *Telemetry) measure(ctx context.Context, described *resource.Resource) error {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	pulled, err := exporter.New(exporter.WithRegisterer(registry), exporter.WithoutScopeInfo())
	if err != nil {
		return err
	}
	options := []metric.Option{metric.WithResource(described), metric.WithReader(pulled), metric.WithView(
		buckets(workflows.WaitDurationMetric, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 3*3600, 6*3600, 12*3600, 24*3600, 48*3600),
		buckets("temporal_*", .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 600, 3600),
	)}
	if asked("METRICS") {
		pushed, err := autoexport.NewMetricReader(ctx)
		if err != nil {
			return err
		}
		options = append(options, metric.WithReader(pushed))
	}
	provider := metric.NewMeterProvider(options...)
	otel.SetMeterProvider(provider)
	t.shutdowns = append(t.shutdowns, provider.Shutdown)
	t.Metrics = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return nil
}

// buckets gives the timers of the Temporal SDK's handler bounds in seconds: it leaves
// them to OpenTelemetry, whose are for milliseconds.
func buckets(name string, bounds ...float64) metric.View {
	return metric.NewView(
		metric.Instrument{Name: name, Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: bounds}},
	)
}

func (t *Telemetry) trace(ctx context.Context, described *resource.Resource) error {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	if !asked("TRACES") {
		return nil
	}
	spans, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return err
	}
	return t.traceTo(trace.WithBatcher(spans), trace.WithResource(described))
}

// traceTo makes spans, by the SDK's interceptor too.
func (t *Telemetry) traceTo(options ...trace.TracerProviderOption) error {
	provider := trace.NewTracerProvider(options...)
	otel.SetTracerProvider(provider)
	t.shutdowns = append(t.shutdowns, provider.Shutdown)
	made, err := temporal.NewTracingInterceptor(temporal.TracerOptions{})
	t.interceptor = made
	return err
}

// Configure has a client, and the workers on it, measured and traced.
func (t *Telemetry) Configure(options *client.Options) {
	options.MetricsHandler = temporal.NewMetricsHandler(temporal.MetricsHandlerOptions{
		Meter: otel.Meter("go.temporal.io/sdk"),
	})
	if t.interceptor != nil {
		options.Interceptors = append(options.Interceptors, t.interceptor)
	}
}

// Stop sends what is left.
func (t *Telemetry) Stop(ctx context.Context) error {
	var errs []error
	for _, shutdown := range t.shutdowns {
		errs = append(errs, shutdown(ctx))
	}
	return errors.Join(errs...)
}

// asked reports whether the environment wants a signal, METRICS or TRACES, to be
// sent.
func asked(signal string) bool {
	exporter := os.Getenv("OTEL_" + signal + "_EXPORTER")
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || exporter == "none" {
		return false
	}
	if exporter == "prometheus" { // that is served already, and would take its port
		return false
	}
	for _, name := range []string{"OTEL_" + signal + "_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}
