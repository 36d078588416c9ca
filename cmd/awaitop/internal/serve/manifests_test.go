package serve

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// deploy has the manifests. The tests of ../../../../monitoring check their fields.
const deploy = "../../../../deploy"

// lastMetrics is what a process takes to send its last metrics and spans, after its drain.
const lastMetrics = 2 * time.Second

// manifest has what the tests read of an object, be it Kubernetes' or Cloud Run's.
type manifest struct {
	Kind string
	Data map[string]string
	Spec struct {
		Template struct {
			Spec struct {
				TerminationGracePeriodSeconds int
				Containers                    []container
				Volumes                       []struct {
					Name   string
					Secret struct{ Items []struct{ Path string } }
				}
			}
		}
	}
}

type container struct {
	Args         []string
	Env          []struct{ Name string }
	Ports        []struct{ ContainerPort int }
	VolumeMounts []struct{ Name, MountPath string }

	LivenessProbe, ReadinessProbe, StartupProbe probe
}

type probe struct {
	HTTPGet                                         struct{ Path string }
	TimeoutSeconds, PeriodSeconds, FailureThreshold int
}

// deployment is a way to run the worker: its manifest, its configuration, and how long after SIGTERM it is killed.
type deployment struct {
	manifest
	config Config
	grace  time.Duration
}

// deployments are those of the folder deploy by their files.
func deployments(t *testing.T) map[string]deployment {
	t.Helper()
	kubernetes, cloudRun := deployment{}, deployment{grace: 10 * time.Second} // Cloud Run's, which no manifest changes
	for _, document := range bytes.Split(read(t, "kubernetes.yaml"), []byte("\n---\n")) {
		var m manifest
		decode(t, document, &m)
		switch m.Kind {
		case "ConfigMap":
			kubernetes.config = parse(t, []byte(m.Data["awaitop.yaml"]))
		case "Deployment":
			kubernetes.manifest = m
			kubernetes.grace = time.Duration(m.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
		}
	}
	decode(t, read(t, "cloudrun.yaml"), &cloudRun.manifest)
	cloudRun.config = parse(t, read(t, "cloudrun-awaitop.yaml"))
	return map[string]deployment{"kubernetes.yaml": kubernetes, "cloudrun.yaml": cloudRun}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(deploy, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func decode(t *testing.T, document []byte, into any) {
	t.Helper()
	if err := yaml.Unmarshal(document, into); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, raw []byte) Config {
	t.Helper()
	config, err := ParseConfig(bytes.ReplaceAll(raw, []byte("PROJECT"), []byte("project")))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, raw)
	}
	return config
}

// A worker has drained, and sent its last metrics, before it is killed.
func TestGrace(t *testing.T) {
	t.Parallel()
	for name, d := range deployments(t) {
		if ends := d.config.drainTime() + lastMetrics; ends >= d.grace {
			t.Errorf("%s: the worker takes up to %v to end, and is killed after %v", name, ends, d.grace)
		}
	}
	found := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindSubmatch(read(t, "awaitop.service"))
	if found == nil {
		t.Fatal("awaitop.service has no TimeoutStopSec in seconds")
	}
	killed, _ := time.ParseDuration(string(found[1]) + "s")
	if ends := (Config{}).drainTime() + lastMetrics; ends >= killed {
		t.Errorf("awaitop.service: the worker takes up to %v to end, and is killed after %v", ends, killed)
	}
}

// Probes ask for pages that the worker serves, at an address that they reach, and wait for as long as the worker waits
// for the Temporal server.
func TestProbes(t *testing.T) {
	t.Parallel()
	pages := newHealth().handler()
	for name, d := range deployments(t) {
		c := d.Spec.Template.Spec.Containers[0]
		if d.config.Listen != "0.0.0.0:9464" {
			t.Errorf("%s: the worker listens on %s", name, d.config.Listen)
		}
		if got := c.LivenessProbe.HTTPGet.Path; got != "/healthz" {
			t.Errorf("%s: liveness is asked for at %q: a Temporal server that is down would restart the worker", name, got)
		}
		ready := c.ReadinessProbe
		if name == "cloudrun.yaml" { // a worker pool takes no requests, and has no readiness
			ready = c.StartupProbe
		}
		if got := ready.HTTPGet.Path; got != "/readyz" {
			t.Errorf("%s: readiness is asked for at %q", name, got)
		}
		if timeout := time.Duration(ready.TimeoutSeconds) * time.Second; timeout <= checkTimeout {
			t.Errorf("%s: the probe waits %v, and the worker %v for the Temporal server", name, timeout, checkTimeout)
		}
		for _, p := range []probe{c.LivenessProbe, ready} {
			reply := httptest.NewRecorder()
			pages.ServeHTTP(reply, httptest.NewRequest(http.MethodGet, p.HTTPGet.Path, nil))
			if reply.Code == http.StatusNotFound {
				t.Errorf("%s: the worker serves no %s", name, p.HTTPGet.Path)
			}
		}
	}
}

// The worker is started with the file that the manifest mounts.
func TestMountedConfiguration(t *testing.T) {
	t.Parallel()
	for name, d := range deployments(t) {
		c := d.Spec.Template.Spec.Containers[0]
		if len(c.Args) != 3 || c.Args[0] != "worker" || c.Args[1] != "--config" {
			t.Fatalf("%s starts %q", name, c.Args)
		}
		if folder, file := path.Split(c.Args[2]); path.Clean(folder) != c.VolumeMounts[0].MountPath || file != "awaitop.yaml" {
			t.Errorf("%s: %s is not what %s holds", name, c.Args[2], c.VolumeMounts[0].MountPath)
		}
		volume := d.Spec.Template.Spec.Volumes[0]
		if volume.Name != c.VolumeMounts[0].Name {
			t.Errorf("%s mounts %q, and has %q", name, c.VolumeMounts[0].Name, volume.Name)
		}
		if name == "cloudrun.yaml" && volume.Secret.Items[0].Path != "awaitop.yaml" {
			t.Errorf("%s: the secret is the file %q", name, volume.Secret.Items[0].Path)
		}
	}
}

// Each variable that a manifest sets is one that the example configuration or docs/operations.md tells of: a
// variable that nothing reads misleads.
func TestVariables(t *testing.T) {
	t.Parallel()
	told := string(Example) + string(read(t, "../docs/operations.md"))
	for name, d := range deployments(t) {
		for _, variable := range d.Spec.Template.Spec.Containers[0].Env {
			if !strings.Contains(told, variable.Name) {
				t.Errorf("%s sets %s, which is told of nowhere", name, variable.Name)
			}
		}
	}
}
