package main_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// metric sums a counter, a gauge or the count of a histogram over the series with the labels.
func metric(page, name string, labels map[string]string) float64 {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil || families[name] == nil {
		return 0
	}
	sum := 0.0
	for _, series := range families[name].GetMetric() {
		if !has(series, labels) {
			continue
		}
		sum += series.GetCounter().GetValue() + series.GetGauge().GetValue() + float64(series.GetHistogram().GetSampleCount())
	}
	return sum
}

func has(series *dto.Metric, labels map[string]string) bool {
	for name, want := range labels {
		if !slices.ContainsFunc(series.GetLabel(), func(l *dto.LabelPair) bool { return l.GetName() == name && l.GetValue() == want }) {
			return false
		}
	}
	return true
}

// The worker's metrics equal the counts of the service.
func TestMetricsEqualService(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("")
	var ids []string
	ends := map[lro.Ref]testsuite.End{} // after each was seen to run: what has ended before its wait has no lag to measure
	for i := range 20 {
		script := testsuite.Script{End: testsuite.RunForever()}
		if i%5 == 2 {
			script.Faults = []testsuite.Fault{testsuite.Unavailable().Calls(1, 2)}
		}
		ref := s.start(fmt.Sprintf("o%02d", i), script)
		ends[ref] = testsuite.Succeed(`{"name":"x"}`)
		if i%5 == 1 {
			ends[ref] = testsuite.Fail(lro.CodeInternal, "it broke")
		}
		ids = append(ids, s.await(ref, workflows.AwaitOptions{}))
	}
	var canceled []string
	for i := range 5 {
		id := s.await(s.start(fmt.Sprintf("c%d", i), testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Second)}), workflows.AwaitOptions{})
		canceled = append(canceled, id)
	}
	for _, id := range canceled {
		s.polled(id)
		awaitop(t, "cancel", id).wants(t, 0)
	}
	for _, id := range ids {
		s.polled(id)
	}
	for ref, end := range ends {
		s.service.Finish(ref, end)
	}
	failed := 0
	for _, id := range slices.Concat(ids, canceled) {
		if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err != nil {
			failed++
		}
	}
	if failed != 4+len(canceled) {
		t.Fatalf("%d waits failed", failed)
	}
	s.held(w, 0)
	_, page := w.page(t, "/metrics")

	counted := map[string]float64{}
	for _, call := range s.service.Calls() {
		counted[string(call.Method)+" "+call.Code.String()]++
	}
	if counted["GetOperation UNAVAILABLE"]+counted["ListOperations UNAVAILABLE"] == 0 || counted["CancelOperation OK"] != 5 {
		t.Errorf("the run is not what it was meant to be: %v", counted)
	}
	for _, key := range slices.Sorted(maps.Keys(counted)) {
		method, code, _ := strings.Cut(key, " ")
		if got := metric(page, "awaitop_api_request_duration_seconds", map[string]string{"rpc_method": method, "rpc_response_status_code": code}); got != counted[key] {
			t.Errorf("%s: %v requests measured, the service counted %v", key, got, counted[key])
		}
	}
	total := 0.0
	for _, n := range counted {
		total += n
	}
	for name, want := range map[string]float64{
		"awaitop_api_request_duration_seconds":                             total,
		"awaitop_cancels_total awaitop_result=delivered":                   5,
		"awaitop_cancel_outcomes awaitop_outcome=canceled":                 5,
		"awaitop_wait_duration_seconds awaitop_outcome=succeeded":          16,
		"awaitop_wait_duration_seconds awaitop_outcome=failed":             4,
		"awaitop_wait_duration_seconds awaitop_outcome=canceled":           5,
		"awaitop_polls_total awaitop_result=done":                          25,
		"awaitop_detection_lag_seconds":                                    25,
		"awaitop_waits_held":                                               0,
		"awaitop_requests_waiting":                                         0,
		"awaitop_quota_rejections_total":                                   0,
		"awaitop_budget_rate_per_second gcp_service=" + lro.SpannerService: 1000,
	} {
		name, label, _ := strings.Cut(name, " ")
		labels := map[string]string{}
		if key, value, labeled := strings.Cut(label, "="); labeled {
			labels[key] = value
		}
		if got := metric(page, name, labels); got != want {
			t.Errorf("%s %s: %v, want %v", name, label, got, want)
		}
	}
}

// A worker has each metric that the dashboard and the alert rules name.
func TestDashboardMetrics(t *testing.T) {
	t.Parallel()
	named, err := os.ReadFile("../../monitoring/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, testsuite.Options{})
	w := s.serve("budgets: {spanner.googleapis.com: {totalRequestsPerSecond: 100}}\n")
	ref := s.start("o", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(0), Faults: []testsuite.Fault{testsuite.RateLimited(0).Calls(2, 2)}})
	id := s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Second}})
	eventually(t, func() error {
		if s.polled(id).Polls < 3 {
			return errors.New("it has not been polled after the quota error")
		}
		return nil
	})
	awaitop(t, "cancel", id).wants(t, 0)
	awaitop(t, "await", ref.String(), "-t", s.queue).wants(t, 4)
	if s.runOn(s.sagas(), s.queue+"-saga", nil, provisionAndFail, "projects/metrics/instances/i", s.queue, time.Hour).Get(t.Context(), nil) == nil {
		t.Error("the saga has not failed")
	}
	_, page := w.page(t, "/metrics")
	for name := range strings.FieldsSeq(string(named)) {
		if name == workflows.UndoOutcomesMetric { // of workflow code, and the binary has no sagas
			continue
		}
		if !strings.Contains(page, "\n"+name+"{") && !strings.Contains(page, "\n"+name+" ") {
			t.Errorf("no %s at a worker", name)
		}
	}
}

// A worker that is alone takes all of a total, and shows it.
func TestTotalMetrics(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("budgets: {spanner.googleapis.com: {totalRequestsPerSecond: 7}}\n")
	s.await(s.start("o", testsuite.Script{RunsFor: time.Hour}), workflows.AwaitOptions{})
	w.until(t, "the totals of budgets are divided anew")
	eventually(t, func() error {
		_, page := w.page(t, "/metrics")
		workers, rate := metric(page, "awaitop_workers_counted", nil), metric(page, "awaitop_budget_rate_per_second", nil)
		if workers != 1 || rate != 7 || metric(page, "awaitop_workers_count_failures_total", nil) != 0 {
			return fmt.Errorf("%v workers counted, %v requests a second", workers, rate)
		}
		return nil
	})
}

// A worker without waits says so, for each kind: an autoscaler takes no series for no worker.
func TestIdleMetrics(t *testing.T) {
	t.Parallel()
	_, page := newSite(t, testsuite.Options{}).serve("").page(t, "/metrics")
	for _, kind := range []string{"single", "set"} {
		if !regexp.MustCompile(`(?m)^awaitop_waits_held{[^}]*awaitop_kind="` + kind + `"[^}]*} 0$`).MatchString(page) {
			t.Errorf("a worker without waits has no awaitop_waits_held of kind %s", kind)
		}
	}
}

// Input makes no series: a service that the worker does not have is no label.
func TestUnservedServices(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("")
	for i := range 20 {
		id := s.await(lro.Ref{Service: fmt.Sprintf("s%d.example.com", i), Name: "operations/o"}, workflows.AwaitOptions{})
		if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err == nil {
			t.Error("it was not refused")
		}
	}
	if _, page := w.page(t, "/metrics"); strings.Contains(page, "example.com") {
		t.Error("inputs make series")
	}
	awaitop(t, "await", "//s.example.com/operations/o", "-t", s.queue).wants(t, 2, "not registered", "see services in its configuration")
}
