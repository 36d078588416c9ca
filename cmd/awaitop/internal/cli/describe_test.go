package cli

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// What describe prints of a workflow, and what it leaves out.
func TestPrintStatus(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	ended := func(state string, cancellation lro.Cancellation, failure *control.Failure) control.Status {
		outcome := lro.Outcome{Ref: ref, Polls: 1, Cancellation: cancellation}
		return control.Status{WorkflowType: workflows.AwaitOperationName, State: state, Outcome: &outcome, Failure: failure}
	}
	running := func(kind string, change func(*control.Status)) control.Status {
		s := control.Status{WorkflowType: kind, State: "Running", TaskQueue: "orders", StartTime: time.Now()}
		change(&s)
		return s
	}
	held := func(change func(*control.Wait)) control.Status {
		read := time.Now().Add(-time.Minute)
		w := control.Wait{Ref: ref, Mode: control.ModeYielded, Phase: workflows.PhaseAwaiting, Attempt: 4, LastPoll: read, Reported: read, StartTime: read}
		change(&w)
		return running(workflows.AwaitOperationName, func(s *control.Status) { s.Waits = []control.Wait{w} })
	}
	undoing := func(details string, u control.Undo) control.Status {
		return running("Provision", func(s *control.Status) { s.Details, s.Undos = details, []control.Undo{u} })
	}
	tests := map[string]struct {
		reason    string
		status    control.Status
		has, none string // texts that the output has, and has not, separated by |
	}{
		"result":     {"what the workflow returned, on one line", control.Status{State: "Completed", Result: json.RawMessage("{\n \"state\": \"READY\"}")}, `result {"state":"READY"}`, ""},
		"no result":  {"no row for nothing", control.Status{State: "Completed"}, "completed", "result"},
		"untaken":    {"nothing was ever read", running(workflows.AwaitOperationName, func(s *control.Status) { s.Untaken = true }), "running, waiting for a worker on task queue orders since ", "between"},
		"reads":      {"a poll follows another", running(workflows.AwaitOperationName, func(*control.Status) {}), "running, between two reads", ""},
		"steps":      {"the workflow's own code runs", running("Provision", func(*control.Status) {}), "running, between two steps", ""},
		"yielded":    {"an attempt that yielded has not failed, and its times are one", held(func(*control.Wait) {}), "last read", "attempt|reported|since"},
		"failed":     {"the worker died", held(func(w *control.Wait) { w.LastFailure = "heartbeat timeout" }), "attempt 4|heartbeat timeout", ""},
		"older":      {"each time tells something", held(func(w *control.Wait) { w.StartTime = w.StartTime.Add(-time.Hour) }), "since", "reported"},
		"begun":      {"the wait is as old as its workflow", held(func(w *control.Wait) { w.StartTime = time.Now() }), "started", "since"},
		"canceled":   {"the failure says no more than the state", ended("Canceled", lro.CancellationCanceled, &control.Failure{Type: "Canceled", Message: "the wait was canceled"}), "state canceled|cancel the operation was canceled", "failure"},
		"terminated": {"who did it", ended("Terminated", "", &control.Failure{Type: "Terminated", Message: "by hand"}), "failure by hand", "cancel"},
		"refused":    {"nothing was read", ended("Failed", "", &control.Failure{Type: string(lro.TypeInvalidInput), Message: "no such service"}), "no such service", "polls"},
		"undos":      {"the details of an undo whose name begins as another's, and those without a row", undoing("**undoing** orders (`projects/p/instances/orders`), until 2026\n\n**undoing** orders-eu dns record, until 2026", control.Undo{Step: "orders", Resource: "projects/p/instances/orders", Attempt: 1}), "details undoing orders-eu dns record, until 2026|undo orders (projects/p/instances/orders)|attempt 1", "details undoing orders ("},
		"silent":     {"no activity tells of the undo", undoing("", control.Undo{Step: "dns record", Resource: "dns record"}), "undo dns record", "attempt|activity|trouble"},
		"unserved":   {"which worker the undo lacks", undoing("", control.Undo{Step: "s", Attempt: 1, ActivityType: "Delete", TaskQueue: "q", WorkerAwaitedSince: time.Now().Add(-time.Minute)}), "undo s: no worker|trouble no worker takes Delete from task queue q, for 1m", ""},
		"unreadable": {"it was tried to read", ended("Failed", "", &control.Failure{Type: string(lro.TypePollFailed), Message: "denied"}), "polls 1", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := (&command{IO: IO{Out: &out}}).printStatus(&tt.status); err != nil {
				t.Fatal(err)
			}
			shown := regexp.MustCompile(" +").ReplaceAllString(out.String(), " ")
			for _, text := range strings.Split(tt.has, "|") {
				if !strings.Contains(shown, text) {
					t.Errorf("%s: no %q in:\n%s", tt.reason, text, shown)
				}
			}
			for _, text := range strings.Split(tt.none, "|") {
				if text != "" && strings.Contains(shown, text) {
					t.Errorf("%s: %q in:\n%s", tt.reason, text, shown)
				}
			}
		})
	}
}

func TestCancelText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		outcome lro.Outcome
		running bool
		want    string
	}{
		"none":      {"no row", lro.Outcome{}, false, ""},
		"canceled":  {"the operation, not the wait alone", lro.Outcome{Cancellation: lro.CancellationCanceled, CancelReason: "the wrong region"}, false, "the operation was canceled; reason: the wrong region"},
		"abandoned": {"the operation runs", lro.Outcome{Cancellation: lro.CancellationAbandoned, CancelReason: "by hand"}, false, "the wait was abandoned, and the operation left running; reason: by hand"},
		"refused":   {"so far", lro.Outcome{Cancellation: lro.CancellationUndelivered}, true, "the cancel was not delivered"},
		"under way": {"nothing is known of it yet", lro.Outcome{CancelReason: "by hand"}, true, "reason: by hand"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cancelText(tt.outcome, tt.running); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
