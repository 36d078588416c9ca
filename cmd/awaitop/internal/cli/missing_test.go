package cli

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

func TestEndedText(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 14, 52, 3, 0, time.UTC)
	outcome := func(change func(*lro.Outcome)) *lro.Outcome {
		o := lro.Outcome{Operation: lro.Operation{Done: true}}
		change(&o)
		return &o
	}
	tests := map[string]struct {
		reason string
		status control.Status
		want   string
	}{
		"succeeded": {"the operation's end", control.Status{Outcome: outcome(func(*lro.Outcome) {})}, "ended 5m0s ago: succeeded"},
		"failed":    {"the operation's error", control.Status{Outcome: outcome(func(o *lro.Outcome) { o.Operation.Error = &lro.Status{Code: lro.CodeInternal, Message: "it broke"} })}, "ended 5m0s ago: failed: INTERNAL: it broke"},
		"canceled": {"what became of the operation, and why", control.Status{Outcome: outcome(func(o *lro.Outcome) {
			o.Cancellation, o.CancelReason = lro.CancellationCanceled, "the wrong region"
		})}, "ended 5m0s ago: the operation was canceled; reason: the wrong region"},
		"terminated": {"nothing is known of the operation", control.Status{Failure: &control.Failure{Message: "by hand"}}, "ended 5m0s ago: by hand"},
		"workflow":   {"its state is all there is", control.Status{State: "Completed"}, "ended 5m0s ago: completed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.status.CloseTime = now.Add(-5 * time.Minute)
			if got := endedText(&tt.status, now); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestStartText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		attached bool
		before   string
		want     string
	}{
		"first":    {"there was none", false, "", "started await://s/o"},
		"again":    {"the one before was canceled", false, "ended 5m0s ago: the operation was canceled", "started a new wait: await://s/o. The one before ended 5m0s ago: the operation was canceled"},
		"attached": {"it goes on", true, "", "attached to await://s/o, which was running already"},
		"over":     {"its result is told", true, "ended 5m0s ago: succeeded", "attached to await://s/o, which ended 5m0s ago: succeeded"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := startText(&workflows.AwaitRun{ID: "await://s/o", Attached: tt.attached}, tt.before); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestRefusedText(t *testing.T) {
	t.Parallel()
	const unknown = `invalid input: ref.service: "%s" is not registered; want a service registered with this worker: alloydb.googleapis.com, spanner.googleapis.com`
	tests := map[string]struct {
		reason, service, message, want string
	}{
		"typo":   {"the nearest that the worker serves", "spaner.googleapis.com", unknown, "did you mean //spanner.googleapis.com/operations/o?"},
		"other":  {"it may serve it", "dns.googleapis.com", unknown, "the worker does not serve dns.googleapis.com: see services in its configuration"},
		"prefix": {"the service is not the cause", "spanner.googleapis.com", `ref.name: "operations/o" is not allowed`, "the worker refused the operation: see allowedPrefixes in its configuration"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := refusedText(lro.Ref{Service: tt.service, Name: "operations/o"}, tt.message); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	const id = "await://s/operations/o"
	tests := map[string]struct {
		reason         string
		silence        silence
		text, remedies string
	}{
		"unknown":   {"the server does not tell", silence{workflowID: id}, "is there a worker? `awaitop describe //s/operations/o` tells", "start a worker with `awaitop worker`, on the task queue of the wait"},
		"unserved":  {"serve it, or end the wait", silence{workflowID: id, queue: "orders"}, "no worker polls its task queue orders", "start a worker with `awaitop worker -t orders`, or end the wait without a cancel: `temporal workflow terminate --workflow-id await://s/operations/o`"},
		"elsewhere": {"where workers are", silence{workflowID: id, queue: "orders", served: []polledQueue{{"awaitop", 2}}}, "no worker polls its task queue orders; awaitop is served on awaitop (2 workers)", "start a worker with `awaitop worker -t orders`, or end the wait without a cancel: `temporal workflow terminate --workflow-id await://s/operations/o`"},
		"busy":      {"a worker is there", silence{workflowID: id, queue: "orders", workers: 1}, "its task queue has workers: orders (1 worker). They may be busy, or another program's", "see the log of a worker of task queue orders, and `awaitop describe //s/operations/o`"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := silentError{errNoWorker, tt.silence}
			if got, want := err.Error(), "no worker answers: "+tt.text; got != want {
				t.Errorf("%s: %q, want %q", tt.reason, got, want)
			}
			if got := hint(err); got != tt.remedies {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.remedies)
			}
		})
	}
}
