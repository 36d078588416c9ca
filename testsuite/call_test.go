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
		testsuite.PermissionDenied().Calls(2, 2), testsuite.DroppedConnection().Calls(3, 3), testsuite.HTMLPage(502).Calls(4, 4),
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
	got := []int{s.service.Count(), s.service.Count(testsuite.MethodGet, testsuite.MethodList), s.service.Count("CreateDatabase")}
	if diff := cmp.Diff([]int{5, 4, 0}, got); diff != "" {
		t.Errorf("Count of all, of two methods and of one that was not called (-want +got):\n%s", diff)
	}
	s.service.ForgetCalls()
	if s.service.Count() != 0 {
		t.Error("calls are left")
	}
	s.play("get")
	if got := s.service.Calls(); len(got) != 1 || got[0].Number != 6 {
		t.Errorf("the count starts again: %+v", got)
	}
}

// The count of a misspelled method would be 0, whatever happens.
func TestCountOfUnknownMethod(t *testing.T) {
	t.Parallel()
	runRefusals(t, []refusal{
		{"count", func(s *testsuite.Service) { s.Count("CreateDatabas") }, "method", "CreateDatabas"},
		{"calls", func(s *testsuite.Service) { s.Calls(testsuite.MethodGet, "Get") }, "method", "Get"},
	})
}
