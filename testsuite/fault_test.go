package testsuite_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func TestFaultWindows(t *testing.T) {
	t.Parallel()
	denied := testsuite.PermissionDenied()
	down := testsuite.Unavailable()
	rows := []struct {
		name, reason string
		faults       []testsuite.Fault
		steps        string
		want         string
	}{
		{"none", "nothing is disturbed", nil, "get list cancel delete", "succeeded, [succeeded], ok, ok"},
		{"zero", "the zero Fault changes nothing", []testsuite.Fault{{}}, "get", "succeeded"},
		{"all", "without a window, every call", []testsuite.Fault{denied}, "get list cancel delete get", "blocked, blocked, blocked, blocked, blocked"},
		{"by method", "other methods are left alone", []testsuite.Fault{denied.On(testsuite.MethodCancel, testsuite.MethodList)}, "get list cancel delete", "succeeded, blocked, blocked, ok"},
		{"by name", "other names are left alone", []testsuite.Fault{denied.For(opName)}, "get list", "blocked, [succeeded]"},
		{"by another name", "it is not this one", []testsuite.Fault{denied.For(opName + "2")}, "get", "succeeded"},
		{"by calls", "first and last included", []testsuite.Fault{denied.Calls(2, 3)}, "get get get get", "succeeded, blocked, blocked, succeeded"},
		{"so many times", "then no more", []testsuite.Fault{denied.Times(2)}, "get get get", "blocked, blocked, succeeded"},
		{"from a call on", "no last one", []testsuite.Fault{denied.Calls(3, 0)}, "get get get get", "succeeded, succeeded, blocked, blocked"},
		{"calls of a method", "only those it matches are counted", []testsuite.Fault{denied.On(testsuite.MethodCancel).Calls(2, 2)}, "get cancel get cancel cancel", "succeeded, ok, succeeded, blocked, ok"},
		{"by time", "the end is outside", []testsuite.Fault{denied.During(time.Minute, 2*time.Minute)}, "get 1m get 59s get 1s get", "succeeded, blocked, blocked, succeeded"},
		{"from a time on", "for ever", []testsuite.Fault{denied.During(time.Minute, 0)}, "get 1m get 99h get", "succeeded, blocked, blocked"},
		{"by calls and time", "both must hold", []testsuite.Fault{denied.Calls(2, 0).During(0, time.Minute)}, "get get 1m get", "succeeded, blocked, succeeded"},
		{"two, in turn", "windows follow each other", []testsuite.Fault{denied.Calls(1, 1), down.Calls(2, 2)}, "get get get", "blocked, transient, succeeded"},
		{"two at once", "the first answers", []testsuite.Fault{testsuite.Slow(0), denied, down}, "get", "blocked"},
		{"garbage", "half a JSON", []testsuite.Fault{testsuite.Body(200, "application/json", `{"name": "projects/`)}, "get list cancel delete", "transient, transient, transient, transient"},
		{"quota", "a 403 that is none", []testsuite.Fault{testsuite.QuotaDenied()}, "get", "quota"},
		{"older quota", "a reason of the older form", []testsuite.Fault{testsuite.OlderError(403, "rateLimitExceeded", "no")}, "get", "quota"},
		{"not found", "404 to what exists", []testsuite.Fault{testsuite.NotFound().Calls(1, 1)}, "get get", "not found, succeeded"},
		{"bad request page", "a proxy's 400", []testsuite.Fault{testsuite.HTMLPage(400)}, "get", "no status"},
		{"lost reply", "the cancel arrived all the same", []testsuite.Fault{testsuite.LostReply().On(testsuite.MethodDelete)}, "delete get", "transient, not found"},
		{"dropped", "the delete did not arrive", []testsuite.Fault{testsuite.DroppedConnection().On(testsuite.MethodDelete)}, "delete get", "transient, succeeded"},
		{"cut off", "so did this one", []testsuite.Fault{testsuite.CutReply().On(testsuite.MethodDelete)}, "delete get", "transient, not found"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := setup(t, testsuite.Script{}, testsuite.Options{Faults: row.faults}).play(row.steps)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// The narrowing methods return copies: a fault may be narrowed twice.
func TestFaultIsAValue(t *testing.T) {
	t.Parallel()
	base := testsuite.Unavailable()
	_ = base.On(testsuite.MethodGet).For("x").Calls(1, 2).During(1, 2).WithRetryAfter(4)
	got := setup(t, testsuite.Script{}, testsuite.Options{Faults: []testsuite.Fault{base}}).play("cancel get get get")
	if got != "transient, transient, transient, transient" {
		t.Errorf("the fault was narrowed: %s", got)
	}
}

func TestAddFaults(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{}, testsuite.Options{})
	s.clock.Advance(time.Hour)
	s.service.AddFaults(testsuite.PermissionDenied().During(0, time.Minute))
	if got := s.play("get 1m get"); got != "blocked, succeeded" {
		t.Errorf("its time does not count from when it was added: %s", got)
	}
}

func TestDelaysAddUp(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{}, testsuite.Options{Faults: []testsuite.Fault{
		testsuite.Slow(time.Second), testsuite.Slow(time.Minute), testsuite.PermissionDenied().WithRetryAfter(time.Second), testsuite.Unavailable().WithRetryAfter(time.Hour),
	}})
	s.clock.AutoAdvance()
	_, err := s.service.GetOperation(t.Context(), s.ref)
	var failed *lro.Error
	if !errors.As(err, &failed) || failed.RetryAfter != time.Hour {
		t.Errorf("error %+v, want the longest advice", failed)
	}
	if got := s.clock.Now().Sub(epoch); got != time.Minute+time.Second {
		t.Errorf("the call took %v, want both delays", got)
	}
}

// A slow service acts late; one that loses its reply acts first.
func TestWhenTheServiceActs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		fault testsuite.Fault
		want  lro.State
	}{
		{"slow", testsuite.Slow(0), lro.StateRunning},
		{"lost", testsuite.LostReply(), lro.StateCanceled},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, testsuite.Script{End: testsuite.RunForever()}, testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(time.Hour).On(testsuite.MethodCancel), row.fault.On(testsuite.MethodCancel)}})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- s.service.CancelOperation(ctx, s.ref) }()
			if err := s.clock.BlockUntil(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("the call given up ended with %v", err)
			}
			if op, _ := s.service.Peek(s.ref); op.State() != row.want {
				t.Errorf("%s, want %s", op.State(), row.want)
			}
		})
	}
}
