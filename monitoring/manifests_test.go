package monitoring

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/api/run/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"
)

const deploy = "../deploy"

// read is the text of a file of deploy.
func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(deploy, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// documents are the YAML documents of a file of deploy.
func documents(t *testing.T, name string) [][]byte {
	t.Helper()
	return bytes.Split(read(t, name), []byte("\n---\n"))
}

// decoder decodes as a Kubernetes API server does under strict field validation: a field that the kind does not have,
// and a field that is there twice, is an error.
func decoder(t *testing.T) runtime.Decoder {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, autoscalingv2.AddToScheme, policyv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}

// object is the object of a kind in a file of deploy.
func object[T runtime.Object](t *testing.T, name string) T {
	t.Helper()
	for _, document := range documents(t, name) {
		decoded, _, err := decoder(t).Decode(document, nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if wanted, ok := decoded.(T); ok {
			return wanted
		}
	}
	t.Fatalf("%s has no such object", name)
	panic("unreachable")
}

// TestManifests wants each manifest to be one that its API takes: no unknown field, no field twice.
func TestManifests(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"kubernetes.yaml": "ServiceAccount ConfigMap Deployment PodDisruptionBudget",
		"hpa.yaml":        "HorizontalPodAutoscaler",
	} {
		var kinds []string
		for _, document := range documents(t, name) {
			_, kind, err := decoder(t).Decode(document, nil, nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			kinds = append(kinds, kind.Kind)
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
	workerPool(t)
	keda(t)
	adapterRule(t)
}

// workerPool is the worker pool of cloudrun.yaml, in the type that `gcloud run worker-pools replace` sends.
func workerPool(t *testing.T) *run.WorkerPool {
	t.Helper()
	pool := &run.WorkerPool{}
	if err := yaml.UnmarshalStrict(read(t, "cloudrun.yaml"), pool); err != nil {
		t.Fatalf("cloudrun.yaml: %v", err)
	}
	if pool.ApiVersion != "run.googleapis.com/v1" || pool.Kind != "WorkerPool" {
		t.Fatalf("cloudrun.yaml is a %s of %s", pool.Kind, pool.ApiVersion)
	}
	return pool
}

// TestStrict shows that the checks of this file can fail: each row damages a manifest.
func TestStrict(t *testing.T) {
	t.Parallel()
	kubernetes := func(raw []byte) error {
		_, _, err := decoder(t).Decode(raw, nil, nil)
		return err
	}
	rows := map[string]struct {
		reason, file, from, to string
		check                  func([]byte) error
	}{
		"misspelled":      {"a field that no HorizontalPodAutoscaler has", "hpa.yaml", "minReplicas", "minReplica", kubernetes},
		"of another case": {"encoding/json would take it", "hpa.yaml", "minReplicas", "MinReplicas", kubernetes},
		"twice":           {"which of them?", "hpa.yaml", "maxReplicas: 10", "maxReplicas: 10\n  maxReplicas: 9", kubernetes},
		"of another type": {"a number is wanted", "hpa.yaml", "maxReplicas: 10", "maxReplicas: ten", kubernetes},
		"keda misspelled": {"a field that no ScaledObject has", "keda.yaml", "minReplicaCount", "minReplicas", checkScaledObject},
		"keda behavior":   {"none of the enum", "keda.yaml", "currentReplicasIfHigher", "keep", checkScaledObject},
		"keda required":   {"a trigger has a type", "keda.yaml", "- type: prometheus\n      metricType", "- metricType", checkScaledObject},
		"cloud run": {"a field of Kubernetes alone", "cloudrun.yaml", "serviceAccountName:", "terminationGracePeriodSeconds: 30\n      serviceAccountName:", func(raw []byte) error {
			return yaml.UnmarshalStrict(raw, &run.WorkerPool{})
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := read(t, row.file)
			if err := row.check(raw); err != nil {
				t.Fatal(err)
			}
			damaged := bytes.Replace(raw, []byte(row.from), []byte(row.to), 1)
			if bytes.Equal(raw, damaged) {
				t.Fatalf("%s has no %q", row.file, row.from)
			}
			if err := row.check(damaged); err == nil {
				t.Errorf("%s: it is taken", row.reason)
			}
		})
	}
}

// asJSON is a YAML document as JSON.
func asJSON[T any](raw []byte) (value T, err error) {
	encoded, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return value, err
	}
	return value, json.Unmarshal(encoded, &value)
}
