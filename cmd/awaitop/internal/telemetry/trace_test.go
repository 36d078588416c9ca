package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// One await is one tree of spans: the workflow's start, its run, the poll, its hold, the API request, HTTP. The test is not
// parallel, because the process has one tracer provider.
func TestOneTree(t *testing.T) {
	server, err := devserver.Start(t.Context(), devserver.Options{Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	exporter := tracetest.NewInMemoryExporter()
	telemetry := &Telemetry{}
	if err := telemetry.traceTo(trace.WithSyncer(exporter)); err != nil {
		t.Fatal(err)
	}
	options := client.Options{HostPort: server.Address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))}
	telemetry.Configure(&options)
	c, err := client.Dial(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)

	service := testsuite.ForTest(t, testsuite.Options{})
	plugin, err := worker.Plugin(t.Context(), worker.Options{Rest: rest.Options{
		WithoutAuthentication: true, Services: []rest.Service{{Name: lro.SpannerService, Endpoint: service.Serve(t)}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := sdk.New(c, "traced", sdk.Options{Plugins: []sdk.Plugin{plugin}})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	ref := service.Start("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: 2 * time.Second})
	run, err := workflows.Start(t.Context(), c, "traced", ref, workflows.AwaitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Stop() // what is held has ended then

	spans := exporter.GetSpans()
	byID := map[oteltrace.SpanID]tracetest.SpanStub{}
	for _, span := range spans {
		byID[span.SpanContext.SpanID()] = span
	}
	want := []string{"StartWorkflow:awaitop.AwaitOperation", "RunWorkflow:awaitop.AwaitOperation", "StartActivity:awaitop.PollOperation", "RunActivity:awaitop.PollOperation", "awaitop.hold", "GetOperation", "HTTP GET"}
	requests := 0
	for _, span := range spans {
		if span.SpanKind != oteltrace.SpanKindClient || !strings.HasPrefix(span.Name, "HTTP") {
			continue
		}
		requests++
		if got := path(span, byID); !slices.Equal(got, want) {
			t.Errorf("the path to an HTTP request:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if span.SpanContext.TraceID() != spans[0].SpanContext.TraceID() {
			t.Error("it is of another trace")
		}
	}
	if counted := service.Count(testsuite.MethodGet); requests != counted || requests == 0 {
		t.Errorf("%d HTTP spans, the service counted %d requests", requests, counted)
	}
	for _, span := range spans {
		switch span.Name {
		case "awaitop.hold":
			wants(t, span, attribute.Bool("gcp.longrunning.done", true), attribute.Int("gcp.longrunning.poll_attempt_count", requests), attribute.Int("gcp.longrunning.status_code", 0), attribute.String("gcp.resource.destination.id", ref.Name))
		case "GetOperation":
			wants(t, span, attribute.String("rpc.method", "GetOperation"), attribute.String("gcp.resource.destination.id", ref.Name))
		}
	}
}

// path names a span and its ancestors, from the outermost.
func path(span tracetest.SpanStub, byID map[oteltrace.SpanID]tracetest.SpanStub) []string {
	names := []string{span.Name}
	for span.Parent.IsValid() {
		parent, known := byID[span.Parent.SpanID()]
		if !known {
			return append([]string{fmt.Sprintf("unknown %s", span.Parent.SpanID())}, names...)
		}
		names = append([]string{parent.Name}, names...)
		span = parent
	}
	return names
}

func wants(t *testing.T, span tracetest.SpanStub, attributes ...attribute.KeyValue) {
	t.Helper()
	for _, want := range attributes {
		if !slices.Contains(span.Attributes, want) {
			t.Errorf("%s has no %s=%s: %v", span.Name, want.Key, want.Value.String(), span.Attributes)
		}
	}
}
