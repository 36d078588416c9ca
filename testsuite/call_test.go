package testsuite_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func TestCallRecords(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{RunsFor: time.Hour}, testsuite.Options{Faults: []testsuite.Fault{
		testsuite.PermissionDenied().Calls(2, 2), testsuite.DropConnection().Calls(3, 3), testsuite.HTMLPage(502).Calls(4, 4),
	}})
	s.play("get 1m get cancel get list")
	at := func(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }
	want := []testsuite.Call{
		{Number: 1, Method: testsuite.MethodGet, Name: opName, Time: at(0), EndTime: at(0), Code: lro.CodeOK, HTTP: 200},
		{Number: 2, Method: testsuite.MethodGet, Name: opName, Time: at(1), EndTime: at(1), Code: lro.CodePermissionDenied, HTTP: 403},
		{Number: 3, Method: testsuite.MethodCancel, Name: opName, Time: at(1), EndTime: at(1), Code: lro.CodeUnavailable},
		{Number: 4, Method: testsuite.MethodGet, Name: opName, Time: at(1), EndTime: at(1), Code: lro.CodeUnavailable, HTTP: 502},
		{Number: 5, Method: testsuite.MethodList, Name: database + "/operations", Time: at(1), EndTime: at(1), Code: lro.CodeOK, HTTP: 200},
	}
	if diff := cmp.Diff(want, s.service.Calls()); diff != "" {
		t.Errorf("Calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[2:3], s.service.CallsFor(testsuite.MethodCancel, s.ref)); diff != "" {
		t.Errorf("CallsFor (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[testsuite.Method]int{testsuite.MethodGet: 3, testsuite.MethodCancel: 1, testsuite.MethodList: 1}, s.service.Counts()); diff != "" {
		t.Errorf("Counts (-want +got):\n%s", diff)
	}
	if got := s.service.Count(testsuite.MethodGet, testsuite.MethodList); got != 4 {
		t.Errorf("Count of two methods is %d, want 4", got)
	}
	s.service.ForgetCalls()
	if s.service.Count() != 0 || s.service.MaxConcurrent("") != 0 {
		t.Error("calls are left")
	}
	s.play("get")
	if got := s.service.Calls(); len(got) != 1 || got[0].Number != 6 {
		t.Errorf("the count starts again: %+v", got)
	}
}

func TestMaxConcurrent(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{}, testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(time.Minute)}})
	const gets, cancels = 5, 3
	done := make(chan error)
	for range gets {
		go func() {
			_, err := s.service.GetOperation(t.Context(), s.ref)
			done <- err
		}()
	}
	for range cancels {
		go func() { done <- s.service.CancelOperation(t.Context(), s.ref) }()
	}
	if err := s.clock.BlockUntil(t.Context(), gets+cancels); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(time.Minute)
	for range gets + cancels {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	got := map[testsuite.Method]int{}
	for _, method := range []testsuite.Method{testsuite.MethodGet, testsuite.MethodCancel, testsuite.MethodList, ""} {
		got[method] = s.service.MaxConcurrent(method)
	}
	want := map[testsuite.Method]int{testsuite.MethodGet: gets, testsuite.MethodCancel: cancels, testsuite.MethodList: 0, "": gets + cancels}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("MaxConcurrent (-want +got):\n%s", diff)
	}
}
