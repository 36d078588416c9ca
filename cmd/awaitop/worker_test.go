package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// On SIGTERM a worker with 500 held polls hands all of them over, and ends within its drain time. Another worker goes on
// with them, and no wait is lost.
func TestDrain(t *testing.T) {
	t.Parallel()
	const waits, drain = 500, 10 * time.Second
	s := newSite(t, testsuite.Options{})
	first := s.serve("worker: {stopTimeout: 10s}\n")
	var ids []string
	var refs []lro.Ref
	for i := range waits {
		ref := s.start(fmt.Sprintf("o%03d", i), testsuite.Script{End: testsuite.RunForever()}) // until all are held, however long that takes
		refs = append(refs, ref)
		ids = append(ids, s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: 20 * time.Second, IgnoreProgress: true}}))
	}
	s.held(first, waits)
	began := time.Now()
	if err := first.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	first.wait(t).wants(t, 0, "stopping", "msg=stopped")
	if took := time.Since(began); took > drain {
		t.Errorf("gone after %v, want within %v", took, drain)
	} else {
		t.Logf("gone after %v", took)
	}
	handed := 0
	for _, id := range ids {
		status, err := control.Describe(t.Context(), s.client, id, control.Options{WithoutQuery: true})
		if err != nil || len(status.Waits) != 1 {
			t.Fatalf("%s: %v, %+v", id, err, status)
		}
		if w := status.Waits[0]; w.Mode != control.ModeHeld && w.Polls > 0 && w.LastFailure == "" {
			handed++
		}
	}
	if handed != waits {
		t.Errorf("%d of %d polls were handed over with what they had seen", handed, waits)
	}
	s.serve("")
	for _, ref := range refs {
		s.service.Finish(ref, testsuite.Succeed(`{}`))
	}
	lost := 0
	for _, id := range ids {
		var outcome lro.Outcome
		if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), &outcome); err != nil || outcome.State() != lro.StateSucceeded {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d waits were lost", lost, waits)
	}
}

// ready waits until /readyz is 200: the Temporal server takes the worker's polls.
func (p *process) ready(t *testing.T) {
	t.Helper()
	eventually(t, func() error {
		if status, body := p.page(t, "/readyz"); status != http.StatusOK {
			return fmt.Errorf("/readyz: %d %s", status, body)
		}
		return nil
	})
}

// held waits until a worker holds n polls.
func (s *site) held(worker *process, n int) {
	s.t.Helper()
	eventually(s.t, func() error {
		_, body := worker.page(s.t, "/metrics")
		if got := metric(body, "awaitop_waits_held", nil); int(got) != n {
			return fmt.Errorf("%v waits are held, want %d", got, n)
		}
		return nil
	})
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("")
	w.ready(t)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if status, body := w.page(t, path); status != http.StatusOK || body != want {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	if status, _ := w.page(t, "/"); status != http.StatusNotFound {
		t.Errorf("/: %d", status)
	}
	taken := strings.TrimSpace(strings.SplitN(strings.SplitN(w.err.String(), "address=", 2)[1], "\n", 2)[0])
	file := filepath.Join(t.TempDir(), "worker.yaml")
	if err := os.WriteFile(file, []byte("withoutAuthentication: true\nlisten: "+taken), 0o600); err != nil {
		t.Fatal(err)
	}
	awaitop(t, "worker", "--config", file).wants(t, 1, "address already in use; another worker may be there", "--listen")
	awaitop(t, "worker", "--listen", "nonsense").wants(t, 2, "listen")
}

// A profile may say how to reach the Temporal server.
func TestProfile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "temporal.toml")
	text := fmt.Sprintf("[profile.good]\naddress = %q\n[profile.bad]\naddress = \"127.0.0.1:1\"\n", dev.Address())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := []string{"TEMPORAL_CONFIG_FILE=" + file}
	nothing := []string{"list", "--query", "WorkflowId = 'there is none'"}
	startIn(t, environment, append(nothing, "--profile", "good")...).wait(t).wants(t, 0, "no waits")
	startIn(t, append(environment, "TEMPORAL_PROFILE=good"), nothing...).wait(t).wants(t, 0, "no waits")
	startIn(t, environment, append(nothing, "--profile", "bad")...).wait(t).wants(t, 1, "127.0.0.1:1")
	startIn(t, environment, append(nothing, "--profile", "bad", "--address", dev.Address())...).wait(t).wants(t, 0, "no waits")
}

// OTEL_* configures where spans go.
func TestOTel(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("", "OTEL_TRACES_EXPORTER=console", "OTEL_SERVICE_NAME=mine")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	p := start(t, "await", ref.String(), "-t", s.queue)
	p.until(t, "running")
	s.succeed(ref)
	p.wait(t).wants(t, 0)
	if err := w.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	w.wait(t).wants(t, 0)
	for _, text := range []string{`"Name":"awaitop.hold"`, `"Name":"GetOperation"`, `"RunWorkflow:awaitop.AwaitOperation"`, `"mine"`} {
		if !strings.Contains(w.out.String(), text) {
			t.Errorf("no %s among the spans", text)
		}
	}
}

func TestWorkerConfiguration(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason, text, says string
	}{
		"unknown":    {"a misspelled field is no default", "taskQueu: x\n", "taskQueu"},
		"no yaml":    {"no YAML", "{", "yaml"},
		"twice":      {"which of them?", "taskQueue: x\ntaskQueue: y\n", "taskQueue"},
		"listen":     {"no address", "listen: here\n", "listen"},
		"level":      {"no level", "log: {level: loud}\n", "log.level"},
		"version":    {"half of a version", "worker: {deployment: d}\n", "worker.buildId"},
		"duration":   {"of what unit?", "worker: {stopTimeout: 5}\n", "worker.stopTimeout"},
		"budget":     {"of a service that is not served", "withoutAuthentication: true\nbudgets: {x.googleapis.com: {burst: 1}}\n", `awaitop.yaml: budgets: "x.googleapis.com"; want a service of services: spanner.googleapis.com`},
		"no service": {"its name is checked", "withoutAuthentication: true\nservices: [{name: Spanner}]\n", "services[0].name"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "awaitop.yaml")
			if err := os.WriteFile(file, []byte("listen: \"off\"\n"+row.text), 0o600); row.text == "listen: here\n" || row.text == "{" {
				err = os.WriteFile(file, []byte(row.text), 0o600)
				if err != nil {
					t.Fatal(err)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			p := awaitop(t, "worker", "--config", file)
			if p.status == 0 || !strings.Contains(p.err.String(), row.says) {
				t.Errorf("%s: status %d, %s", row.reason, p.status, p.err.String())
			}
		})
	}
	awaitop(t, "worker", "--config", "there-is-none.yaml").wants(t, 2, "there-is-none.yaml")
	if p := awaitop(t, "worker", "--example-config"); !strings.Contains(p.out.String(), "taskQueue: awaitop") {
		t.Errorf("%s", p.out.String())
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		awaitop(t, "completion", shell).wants(t, 0, "awaitop")
	}
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	s.polled(s.await(ref, workflows.AwaitOptions{}))
	eventually(t, func() error { // the server's list lags behind
		if text := awaitop(t, "__complete", "describe", "").out.String(); !strings.Contains(text, ref.String()) {
			return fmt.Errorf("no %s among the completions:\n%s", ref, text)
		}
		return nil
	})
	awaitop(t, "--help").wants(t, 0, "poll-now", "Exit statuses")
	awaitop(t, "--version").wants(t, 0, "awaitop version")
}
