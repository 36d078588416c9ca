// Package telemetry sets OpenTelemetry up for the process: metrics for Prometheus, and the metrics and traces that the
// environment variables OTEL_* configure.
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

// Telemetry holds the metrics and traces of the process.
type Telemetry struct {
	// Metrics serves the metrics for Prometheus.
	Metrics http.Handler

	interceptor interceptor.Interceptor
	shutdowns   []func(context.Context) error
}

// Start reads OTEL_* and sets the global providers of OpenTelemetry. It always collects metrics for Prometheus. It exports
// spans, and metrics by OTLP, if OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER or an OTEL_EXPORTER_OTLP_* endpoint is set.
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
	if exports("METRICS") {
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

// buckets sets the bounds of histograms, in seconds. The default bounds of OpenTelemetry, which the Temporal SDK's timers
// have, are for milliseconds.
func buckets(name string, bounds ...float64) metric.View {
	return metric.NewView(
		metric.Instrument{Name: name, Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: bounds}},
	)
}

func (t *Telemetry) trace(ctx context.Context, described *resource.Resource) error {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	if !exports("TRACES") {
		return nil
	}
	spans, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return err
	}
	return t.traceTo(trace.WithBatcher(spans), trace.WithResource(described))
}

// traceTo sets the global tracer provider, and makes the interceptor that traces workflows and activities.
func (t *Telemetry) traceTo(options ...trace.TracerProviderOption) error {
	provider := trace.NewTracerProvider(options...)
	otel.SetTracerProvider(provider)
	t.shutdowns = append(t.shutdowns, provider.Shutdown)
	tracing, err := temporal.NewTracingInterceptor(temporal.TracerOptions{})
	t.interceptor = tracing
	return err
}

// Configure makes a client, and the workers on it, report metrics and spans.
func (t *Telemetry) Configure(options *client.Options) {
	options.MetricsHandler = temporal.NewMetricsHandler(temporal.MetricsHandlerOptions{
		Meter: otel.Meter("go.temporal.io/sdk"),
	})
	if t.interceptor != nil {
		options.Interceptors = append(options.Interceptors, t.interceptor)
	}
}

// Stop exports the last metrics and spans, within ctx.
func (t *Telemetry) Stop(ctx context.Context) error {
	var errs []error
	for _, shutdown := range t.shutdowns {
		errs = append(errs, shutdown(ctx))
	}
	return errors.Join(errs...)
}

// exports reports whether the environment configures an export of a signal, METRICS or TRACES.
func exports(signal string) bool {
	exporter := os.Getenv("OTEL_" + signal + "_EXPORTER")
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || exporter == "none" {
		return false
	}
	if exporter == "prometheus" { // the worker serves /metrics already
		return false
	}
	for _, name := range []string{"OTEL_" + signal + "_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}
