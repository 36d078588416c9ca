package monitoring

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

// adapter is the values of prometheus-adapter's chart.
type adapter struct {
	Rules struct {
		Custom []struct {
			SeriesQuery string
			Resources   struct {
				Overrides map[string]struct{ Resource string }
			}
			MetricsQuery string
		}
	}
}

// adapterRule is the query of prometheus-adapter.yaml as the adapter asks it: for pods, with the labels of a metric's
// selector.
func adapterRule(t *testing.T) (query string) {
	t.Helper()
	var values adapter
	if err := yaml.UnmarshalStrict(read(t, "prometheus-adapter.yaml"), &values); err != nil {
		t.Fatalf("prometheus-adapter.yaml: %v", err)
	}
	rule := values.Rules.Custom[0]
	series, _, _ := strings.Cut(rule.SeriesQuery, "{")
	return strings.NewReplacer("<<.Series>>", series, "<<.LabelMatchers>>", `namespace="default",awaitop_kind="single"`, "<<.GroupBy>>", "pod").
		Replace(rule.MetricsQuery)
}

// metricsOf are the metrics that a query names.
func metricsOf(t *testing.T, query string) []string {
	t.Helper()
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	names := map[string]bool{}
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			names[selector.Name] = true
		}
		return nil
	})
	return slices.Sorted(maps.Keys(names))
}

// TestScalingMetrics wants each metric by which a manifest scales to be in metrics.txt, which a test of the binary looks
// for at a real worker.
func TestScalingMetrics(t *testing.T) {
	t.Parallel()
	known, err := os.ReadFile("metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	named := metricsOf(t, adapterRule(t))
	for _, trigger := range keda(t).Spec.Triggers {
		named = append(named, metricsOf(t, trigger.Metadata.Query)...)
	}
	for _, metric := range object[*autoscalingv2.HorizontalPodAutoscaler](t, "hpa.yaml").Spec.Metrics {
		named = append(named, metric.Pods.Metric.Name)
	}
	for _, name := range named {
		if !slices.Contains(strings.Fields(string(known)), name) {
			t.Errorf("there is no metric %q", name)
		}
	}
	if len(named) != 5 {
		t.Errorf("the manifests name %v: are all found?", named)
	}
}

// TestReplicas wants the number of workers that KEDA asks for, by its queries in Prometheus' engine.
func TestReplicas(t *testing.T) {
	t.Parallel()
	held := func(pod, kind string, n int) string {
		return fmt.Sprintf("awaitop_waits_held{pod=%q,awaitop_kind=%q,gcp_service=\"s\"} %dx10\n  ", pod, kind, n)
	}
	rows := map[string]struct {
		reason, series string
		want           int32
	}{
		"loaded":      {"10,000 waits are no idle worker", held("a", "single", 6000) + held("b", "single", 4000) + held("a", "set", 0), 2},
		"one more":    {"each of the two would hold more than half of what it can", held("a", "single", 5001) + held("b", "single", 5000) + held("a", "set", 0), 3},
		"many":        {"30,000 waits", held("a", "single", 10000) + held("b", "single", 10000) + held("c", "single", 10000) + held("a", "set", 0), 6},
		"sets":        {"1,000 sets", held("a", "single", 0) + held("a", "set", 500) + held("b", "set", 500), 4},
		"most":        {"no more than maxReplicaCount", held("a", "single", 90000) + held("a", "set", 0), 10},
		"idle":        {"one worker may die", held("a", "single", 0) + held("b", "single", 0) + held("a", "set", 0), 2},
		"not scraped": {"no answer takes no worker away", "", -1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := replicas(t, keda(t), row.series); got != row.want {
				t.Errorf("%s: %d workers, want %d", row.reason, got, row.want)
			}
		})
	}
}

// replicas is how many workers a HorizontalPodAutoscaler makes of a ScaledObject's triggers: for each the value over the
// threshold, rounded up, and the most of them. It is -1 if a query has no answer and that is an error.
func replicas(t *testing.T, object scaledObject, series string) int32 {
	t.Helper()
	wanted := object.Spec.MinReplicaCount
	for _, trigger := range object.Spec.Triggers {
		value, found := evaluate(t, trigger.Metadata.Query, series)
		if !found && trigger.Metadata.IgnoreNullValues == "false" {
			return -1
		}
		threshold, err := strconv.ParseFloat(trigger.Metadata.Threshold, 64)
		if err != nil {
			t.Fatal(err)
		}
		wanted = max(wanted, int32(math.Ceil(value/threshold)))
	}
	return min(wanted, object.Spec.MaxReplicaCount)
}

// evaluate is the answer to a query, which has one value at most.
func evaluate(t *testing.T, query, series string) (value float64, found bool) {
	t.Helper()
	storage := promqltest.LoadedStorage(t, "load 30s\n  "+series+"\n")
	defer func() { _ = storage.Close() }()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e6, Timeout: time.Minute})
	defer func() { _ = engine.Close() }()
	asked, err := engine.NewInstantQuery(t.Context(), storage, nil, query, time.Unix(120, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	vector, err := asked.Exec(t.Context()).Vector()
	if err != nil || len(vector) > 1 {
		t.Fatalf("%s: %v, %v", query, vector, err)
	}
	if len(vector) == 0 {
		return 0, false
	}
	return vector[0].F, true
}

// TestAutoscalersAgree wants hpa.yaml and keda.yaml to scale alike, and each to scale the Deployment that is there, which
// the PodDisruptionBudget is about, too.
func TestAutoscalersAgree(t *testing.T) {
	t.Parallel()
	deployment := object[*appsv1.Deployment](t, "kubernetes.yaml")
	hpa, byKEDA := object[*autoscalingv2.HorizontalPodAutoscaler](t, "hpa.yaml").Spec, keda(t).Spec
	if hpa.ScaleTargetRef.Name != deployment.Name || byKEDA.ScaleTargetRef.Name != deployment.Name {
		t.Errorf("they scale %q and %q, and the Deployment is %q", hpa.ScaleTargetRef.Name, byKEDA.ScaleTargetRef.Name, deployment.Name)
	}
	if *hpa.MinReplicas != byKEDA.MinReplicaCount || hpa.MaxReplicas != byKEDA.MaxReplicaCount || *hpa.MinReplicas != *deployment.Spec.Replicas {
		t.Errorf("%d to %d workers by hpa.yaml, %d to %d by keda.yaml, %d without", *hpa.MinReplicas, hpa.MaxReplicas, byKEDA.MinReplicaCount, byKEDA.MaxReplicaCount, *deployment.Spec.Replicas)
	}
	for i, metric := range hpa.Metrics {
		if got, want := resource.MustParse(byKEDA.Triggers[i].Metadata.Threshold), metric.Pods.Target.AverageValue; got.Cmp(*want) != 0 {
			t.Errorf("one more worker at %s by keda.yaml, at %s by hpa.yaml", &got, want)
		}
	}
	behavior := &autoscalingv2.HorizontalPodAutoscalerBehavior{}
	if err := json.Unmarshal(byKEDA.Advanced.HorizontalPodAutoscalerConfig.Behavior, behavior); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hpa.Behavior, behavior); diff != "" {
		t.Errorf("the behavior of hpa.yaml and of keda.yaml (-hpa +keda):\n%s", diff)
	}
	if byKEDA.Fallback.Behavior != "currentReplicasIfHigher" {
		t.Errorf("without Prometheus keda.yaml scales to %d: %q", byKEDA.Fallback.Replicas, byKEDA.Fallback.Behavior)
	}
	budget := object[*policyv1.PodDisruptionBudget](t, "kubernetes.yaml").Spec
	if diff := cmp.Diff(deployment.Spec.Selector, budget.Selector); diff != "" {
		t.Errorf("the budget's pods (-deployment +budget):\n%s", diff)
	}
}

// TestSizes holds the sizes of the manifests to those of docs/operations.md: a worker has the memory of the waits at which
// an autoscaler adds one, and of the most that it holds.
func TestSizes(t *testing.T) {
	t.Parallel()
	const process = 35 << 20 // docs/performance.md
	docs, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	wait := number(t, docs, `\| a single wait that is held \| (\d+) KiB`) << 10
	most := number(t, docs, `A worker holds ([\d,]+) single waits without a slot`)
	target := object[*autoscalingv2.HorizontalPodAutoscaler](t, "hpa.yaml").Spec.Metrics[0].Pods.Target.AverageValue.Value()
	if target != most/2 {
		t.Errorf("an autoscaler adds a worker at %d waits: want half of the %d that a worker holds", target, most)
	}
	container := object[*appsv1.Deployment](t, "kubernetes.yaml").Spec.Template.Spec.Containers[0]
	request, limit := container.Resources.Requests.Memory().Value(), container.Resources.Limits.Memory().Value()
	if need := process + target*wait; request < need {
		t.Errorf("a worker requests %d MiB, and needs %d for %d waits", request>>20, need>>20, target)
	}
	soft := softLimit(t, container.Env)
	if need := process + most*wait; soft < need {
		t.Errorf("GOMEMLIMIT is %d MiB, and a worker needs %d for %d waits", soft>>20, need>>20, most)
	}
	if want := limit * 8 / 10 >> 20; soft>>20 != want {
		t.Errorf("GOMEMLIMIT is %d MiB, want %d: 80%% of the limit", soft>>20, want)
	}
}

// softLimit is the GOMEMLIMIT of a container, in bytes.
func softLimit(t *testing.T, variables []corev1.EnvVar) int64 {
	t.Helper()
	for _, variable := range variables {
		if variable.Name == "GOMEMLIMIT" {
			return number(t, []byte(variable.Value), `^(\d+)MiB$`) << 20
		}
	}
	t.Fatal("there is no GOMEMLIMIT")
	return 0
}

// number is the number that an expression finds in a text.
func number(t *testing.T, text []byte, expression string) int64 {
	t.Helper()
	found := regexp.MustCompile(expression).FindSubmatch(text)
	if found == nil {
		t.Fatalf("there is no %q", expression)
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(string(found[1]), ",", ""), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestCloudRunSizes holds the worker pool to the sizes of the Deployment.
func TestCloudRunSizes(t *testing.T) {
	t.Parallel()
	pool := workerPool(t).Spec.Template.Spec.Containers[0]
	container := object[*appsv1.Deployment](t, "kubernetes.yaml").Spec.Template.Spec.Containers[0]
	limit := container.Resources.Limits[corev1.ResourceMemory]
	if got := pool.Resources.Limits["memory"]; got != limit.String() {
		t.Errorf("a worker has %s on Cloud Run, %s on Kubernetes", got, limit.String())
	}
	for _, variable := range pool.Env {
		if variable.Name == "GOMEMLIMIT" && variable.Value == fmt.Sprintf("%dMiB", softLimit(t, container.Env)>>20) {
			return
		}
	}
	t.Error("Cloud Run's GOMEMLIMIT is another than Kubernetes'")
}
