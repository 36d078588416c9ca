package rest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/awaitop/awaitop/lro"
)

// spanRecorder is a tracer provider that remembers the spans it starts.
type spanRecorder struct {
	noop.TracerProvider
	mu    sync.Mutex
	spans []*recordedSpan
}

func (r *spanRecorder) Tracer(string, ...trace.TracerOption) trace.Tracer {
	return recordingTracer{recorder: r}
}

type recordingTracer struct {
	noop.Tracer
	recorder *spanRecorder
}

func (t recordingTracer) Start(ctx context.Context, _ string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	config := trace.NewSpanStartConfig(options...)
	span := &recordedSpan{recorder: t.recorder, kind: config.SpanKind()}
	t.recorder.mu.Lock()
	defer t.recorder.mu.Unlock()
	t.recorder.spans = append(t.recorder.spans, span)
	return trace.ContextWithSpan(ctx, span), span
}

type recordedSpan struct {
	noop.Span
	recorder *spanRecorder
	kind     trace.SpanKind
	ended    bool
}

func (s *recordedSpan) End(...trace.SpanEndOption) {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	s.ended = true
}

// count returns how many spans were started, of which kind, and whether they
// have ended.
func (r *spanRecorder) count() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]int{}
	for _, span := range r.spans {
		key := span.kind.String()
		if !span.ended {
			key += ", not ended"
		}
		out[key]++
	}
	return out
}

// TestSpans is not parallel: the tracer provider is the process's.
func TestSpans(t *testing.T) {
	before := otel.GetTracerProvider()
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	issuer := serve(t, answer(200, token))
	for _, method := range calls(operationRef) {
		t.Run(method.name, func(t *testing.T) {
			recorder := &spanRecorder{}
			otel.SetTracerProvider(recorder)
			s := serve(t, answer(200, `{"nextPageToken":"","done":true}`))
			if err := method.do(t, s.client(t, authenticated(serviceAccount(t, issuer.url)))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]int{"client": 1, "unspecified": 1}, recorder.count()); diff != "" {
				t.Errorf("one span for a request and one for HTTP (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("each try", func(t *testing.T) {
		recorder := &spanRecorder{}
		otel.SetTracerProvider(recorder)
		s := serve(t, answer(503, page), hangUp, halfReply)
		if _, err := s.client(t).GetOperation(t.Context(), operationRef); codeOf(err) != lro.CodeUnavailable {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int{"client": 3, "unspecified": 3}, recorder.count()); diff != "" {
			t.Errorf("a span for each try, and one for HTTP (-want +got):\n%s", diff)
		}
	})
	t.Run("nothing sent", func(t *testing.T) {
		recorder := &spanRecorder{}
		otel.SetTracerProvider(recorder)
		s := serve(t, answer(200, `{}`))
		if _, err := s.client(t).GetOperation(t.Context(), lro.Ref{}); err == nil {
			t.Fatal("the zero Ref was sent")
		}
		if diff := cmp.Diff(map[string]int{}, recorder.count()); diff != "" {
			t.Errorf("no span without a request (-want +got):\n%s", diff)
		}
	})
}
