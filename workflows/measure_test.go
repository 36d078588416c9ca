package workflows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// series keeps the names and tags of metrics that are made through it.
type series struct {
	tags string
	kept *keptSeries
}

type keptSeries struct {
	mu    sync.Mutex
	names map[string]bool
}

func (s series) WithTags(tags map[string]string) client.MetricsHandler {
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		s.tags += fmt.Sprintf(" %s=%s", name, tags[name])
	}
	return s
}

func (s series) make(name string) {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if strings.HasPrefix(name, "awaitop_") {
		s.kept.names[name+s.tags] = true
	}
}

func (s series) Counter(name string) client.MetricsCounter { s.make(name); return ignored{} }
func (s series) Gauge(name string) client.MetricsGauge     { s.make(name); return ignored{} }
func (s series) Timer(name string) client.MetricsTimer     { s.make(name); return ignoredTime{} }

type ignored struct{}

func (ignored) Inc(int64)      {}
func (ignored) Update(float64) {}

type ignoredTime struct{}

func (ignoredTime) Record(time.Duration) {}

// The names in a wait's input make no series. What was read does.
func TestWaitMetricsBounded(t *testing.T) {
	t.Parallel()
	done := func(i int) *lro.Operation {
		return &lro.Operation{Done: true, Metadata: json.RawMessage(fmt.Sprintf(`{"@type":"type.googleapis.com/t%d"}`, i))}
	}
	strange := func(i int) lro.Ref {
		return lro.Ref{Service: fmt.Sprintf("s%d.example.com", i), Name: "operations/o"}
	}
	awaitAll := func(w *world, refs ...lro.Ref) {
		w.env.ExecuteWorkflow(workflows.AwaitAll, refs, workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: time.Minute}})
	}
	const kind, duration = "google.spanner.admin.database.v1.CreateDatabaseMetadata", "awaitop_wait_duration"
	rows := []struct {
		reason string
		run    func(w *world, i int)
		want   []string
	}{
		{"operations passed in done, of services that no client serves", func(w *world, i int) {
			_, _ = w.await(strange(i), workflows.AwaitOptions{Operation: done(i)})
		}, []string{duration + " awaitop_kind=single gcp_service=other awaitop_outcome=succeeded gcp_longrunning_metadata_type="}},
		{"of a regional host of Google's", func(w *world, i int) {
			ref := lro.Ref{Service: fmt.Sprintf("region%d-spanner.googleapis.com", i), Name: operationName}
			_, _ = w.await(ref, workflows.AwaitOptions{Operation: done(i)})
		}, []string{duration + " awaitop_kind=single gcp_service=spanner.googleapis.com awaitop_outcome=succeeded gcp_longrunning_metadata_type="}},
		{"an operation passed in running that is not there", func(w *world, i int) {
			reply := done(i)
			reply.Done = false
			_, _ = w.await(lro.Ref{Service: lro.SpannerService, Name: operationName}, workflows.AwaitOptions{Operation: reply, NotFoundGrace: time.Second})
		}, []string{duration + " awaitop_kind=single gcp_service=spanner.googleapis.com awaitop_outcome=poll_failed gcp_longrunning_metadata_type="}},
		{"sets of services that none serves", func(w *world, i int) { awaitAll(w, strange(i), strange(i+1)) },
			[]string{duration + " awaitop_kind=set gcp_service=other awaitop_outcome=invalid_input gcp_longrunning_metadata_type="}},
		{"what was read", func(w *world, _ int) {
			ref := w.service.Start(operationName, testsuite.Script{Metadata: testsuite.RawMetadata(`{"@type":"type.googleapis.com/` + kind + `"}`)})
			_, _ = w.await(ref, workflows.AwaitOptions{})
		}, []string{duration + " awaitop_kind=single gcp_service=spanner.googleapis.com awaitop_outcome=succeeded gcp_longrunning_metadata_type=" + kind}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			kept := &keptSeries{names: map[string]bool{}}
			for i := range 5 {
				var suite sdk.WorkflowTestSuite
				suite.SetMetricsHandler(series{kept: kept})
				w := newWorldIn(t, &suite)
				w.register(w.env)
				row.run(w, i)
			}
			if got := slices.Sorted(maps.Keys(kept.names)); !slices.Equal(got, row.want) {
				t.Errorf("%s:\n%s\nwant\n%s", row.reason, strings.Join(got, "\n"), strings.Join(row.want, "\n"))
			}
		})
	}
}

// TestUndoOutcomes wants the undos that a saga made and those that it could not make to be counted apart, each once.
func TestUndoOutcomes(t *testing.T) {
	t.Parallel()
	const undone, left = workflows.UndoOutcomesMetric + " awaitop_outcome=undone", workflows.UndoOutcomesMetric + " awaitop_outcome=left"
	rows := map[string]struct {
		reason string
		steps  func(workflow.Context, *workflows.Saga) error
		want   []string
	}{
		"one of each": {"they are counted apart", func(_ workflow.Context, saga *workflows.Saga) error {
			return errors.Join(
				saga.Add("a", func(workflow.Context) error { return nil }),
				saga.Add("b", func(workflow.Context) error { return errors.New("stuck") }))
		}, []string{left, undone}},
		"stopped, but not deleted": {"the resource is left", func(ctx workflow.Context, saga *workflows.Saga) error {
			step := spanner.CreateInstance(instanceName, spanner.Instance{})
			step.Await.Timeout = time.Minute
			_, err := workflows.Run(ctx, saga, step)
			return err
		}, []string{left}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := &keptSeries{names: map[string]bool{}}
			var suite sdk.WorkflowTestSuite
			suite.SetMetricsHandler(series{kept: kept})
			w := newWorldIn(t, &suite, testsuite.PermissionDenied().On("DeleteInstance"))
			w.register(w.env)
			w.registerStarters()
			w.plan("CreateInstance", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.IgnoreCancel()})
			_ = w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					return errors.Join(row.steps(ctx, saga), errors.New("no"))
				})
			})
			var got []string
			for name := range kept.names {
				if strings.HasPrefix(name, workflows.UndoOutcomesMetric) {
					got = append(got, name)
				}
			}
			if slices.Sort(got); !slices.Equal(got, row.want) {
				t.Errorf("%s: %v, want %v", row.reason, got, row.want)
			}
		})
	}
}
