package testsuite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// epoch is when the clocks of the tests start.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	instance = "projects/p/instances/i"
	database = instance + "/databases/d"
	opName   = database + "/operations/o"
)

// stage is a service with one operation on a clock that stands still.
type stage struct {
	t       *testing.T
	service *testsuite.Service
	clock   *manualclock.Clock
	ref     lro.Ref
}

func setup(t *testing.T, script testsuite.Script, options testsuite.Options) stage {
	t.Helper()
	clock := manualclock.New(epoch)
	options.Clock = clock
	service := testsuite.ForTest(t, options)
	return stage{t: t, service: service, clock: clock, ref: service.Start(opName, script)}
}

// look reads the operation: its state, or the class of the error.
func (s stage) look() string {
	op, err := s.service.GetOperation(s.t.Context(), s.ref)
	if err != nil {
		return string(lro.Classify(err))
	}
	return string(op.State())
}

// play does steps, a word each: "get", "list", "cancel", "delete", or a time to
// let pass. It returns what the first four found.
func (s stage) play(steps string) string {
	var found []string
	for step := range strings.FieldsSeq(steps) {
		switch step {
		case "get":
			found = append(found, s.look())
		case "list":
			found = append(found, s.list())
		case "cancel":
			found = append(found, class(s.service.CancelOperation(s.t.Context(), s.ref)))
		case "delete":
			found = append(found, class(s.service.DeleteOperation(s.t.Context(), s.ref)))
		default:
			d, err := time.ParseDuration(step)
			if err != nil {
				s.t.Fatal(err)
			}
			s.clock.Advance(d)
		}
	}
	return strings.Join(found, ", ")
}

func (s stage) list() string {
	page, err := s.service.ListOperations(s.t.Context(), lro.ListRequest{Collection: lro.Collection{Service: s.ref.Service, Name: database + "/operations"}})
	if err != nil {
		return class(err)
	}
	states := "["
	for _, op := range page.Operations {
		states += string(op.State())
	}
	return states + "]"
}

func class(err error) string {
	if err == nil {
		return "ok"
	}
	return string(lro.Classify(err))
}

func TestScript(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, reason string
		script       testsuite.Script
		steps        string
		want         string
	}{
		{"zero", "nothing to wait for", testsuite.Script{}, "get", "succeeded"},
		{"for a time", "it ends when its time is over", testsuite.Script{RunsFor: time.Minute}, "get 59s get 1s get", "running, running, succeeded"},
		{"polls", "so many reads find it running", testsuite.Script{Polls: 2}, "get 1h get get get", "running, running, succeeded, succeeded"},
		{"polls by list", "a list is a read of what it shows", testsuite.Script{Polls: 2}, "list get list", "[running], running, [succeeded]"},
		{"time and polls", "both must be over", testsuite.Script{RunsFor: time.Minute, Polls: 2}, "get get get 1m get", "running, running, running, succeeded"},
		{"polls, then time", "both must be over", testsuite.Script{RunsFor: time.Minute, Polls: 2}, "1m get get get", "running, running, succeeded"},
		{"hidden for a time", "404 at first", testsuite.Script{RunsFor: time.Hour, HiddenFor: time.Second}, "get list cancel delete 1s get", "not found, [], not found, not found, running"},
		{"hidden for some reads", "404 at first", testsuite.Script{RunsFor: time.Hour, HiddenGets: 2}, "get list get get list", "not found, [], not found, running, [running]"},
		{"hidden, then polls", "the reads that find nothing are none of Polls", testsuite.Script{HiddenGets: 1, Polls: 1}, "get get get", "not found, running, succeeded"},
		{"gone", "seen, then 404", testsuite.Script{RunsFor: time.Minute, End: testsuite.Vanish()}, "get 1m get list cancel", "running, not found, [], not found"},
		{"gone after polls", "the read that would find its end finds nothing", testsuite.Script{Polls: 1, End: testsuite.Vanish()}, "list list get", "[running], [], not found"},
		{"gone at a get", "the same by Get", testsuite.Script{Polls: 1, End: testsuite.Vanish()}, "get get", "running, not found"},
		{"expired", "an ended record is kept for a while", testsuite.Script{RunsFor: time.Minute, ExpiresAfter: time.Hour}, "1m get 59m59s get 1s get list", "succeeded, succeeded, not found, []"},
		{"failed", "an error", testsuite.Script{End: testsuite.Fail(lro.CodeAborted, "no")}, "get", "failed"},
		{"canceled by somebody", "CANCELLED without our asking", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeCanceled, "the operation was canceled")}, "get 1s get", "running, canceled"},
		{"done with neither", "it is success", testsuite.Script{End: testsuite.Succeed(nil)}, "get", "succeeded"},
		{"for ever", "no end", testsuite.Script{RunsFor: time.Minute, End: testsuite.RunForever()}, "get 999h get cancel get", "running, running, ok, canceled"},
		{"cancel", "honored at once", testsuite.Script{RunsFor: time.Hour}, "get cancel get cancel", "running, ok, canceled, ok"},
		{"cancel between polls", "it still runs until a read finds its end", testsuite.Script{Polls: 1}, "get cancel get", "running, ok, canceled"},
		{"cancel takes time", "it runs on meanwhile", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(time.Minute)}, "cancel get 30s cancel get 30s get", "ok, running, ok, running, canceled"},
		{"cancel comes late", "an end that came first stands", testsuite.Script{RunsFor: time.Minute, OnCancel: testsuite.HonorCancel(time.Minute)}, "30s cancel 1h get", "ok, succeeded"},
		{"cancel after the end", "accepted, without effect", testsuite.Script{RunsFor: time.Minute}, "1m cancel get", "ok, succeeded"},
		{"cancel ignored", "it runs to its end", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.IgnoreCancel()}, "cancel 59m get 1m get", "ok, running, succeeded"},
		{"cancel loses", "it completes, at once", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.CompleteOnCancel(0)}, "cancel get", "ok, succeeded"},
		{"cancel loses to a failure", "it ends as it would have, after the delay", testsuite.Script{Polls: 99, End: testsuite.Fail(lro.CodeAborted, ""), OnCancel: testsuite.CompleteOnCancel(time.Minute)}, "cancel get 1m get", "ok, running, failed"},
		{"cancel completes the endless", "success, for want of an end", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(0)}, "get cancel get", "running, ok, succeeded"},
		{"cancel makes it fail", "with another code", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.FailOnCancel(0, lro.CodeInternal, "oops")}, "cancel get", "ok, failed"},
		{"cancel makes it vanish", "no record is left", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.VanishOnCancel(time.Second)}, "cancel get 1s get", "ok, running, not found"},
		{"cancel refused", "it runs on", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodePermissionDenied, "")}, "cancel get", "blocked, running"},
		{"cancel unimplemented", "it runs on", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")}, "cancel get", "unsupported, running"},
		{"cancel not found", "though it can be read", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodeNotFound, "the operation was not found")}, "cancel get", "not found, running"},
		{"delete", "the record is gone", testsuite.Script{}, "delete get list delete", "ok, not found, [], not found"},
		{"faults of its own", "only its own calls, its own window", testsuite.Script{Faults: []testsuite.Fault{testsuite.Unauthenticated().On(testsuite.MethodGet).Calls(2, 2)}}, "get list get get", "succeeded, [succeeded], blocked, succeeded"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := setup(t, row.script, testsuite.Options{}).play(row.steps)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestEndResponses(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, reason string
		end          testsuite.End
		want         string
	}{
		{"zero", "a method that returns nothing", testsuite.End{}, `{"@type":"type.googleapis.com/google.protobuf.Empty"}`},
		{"nil", "neither error nor response", testsuite.Succeed(nil), ""},
		{"proto", "its type is added", testsuite.Succeed(wrapperspb.String("x")), `{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"x"}`},
		{"text", "JSON as it is", testsuite.Succeed(`{ "a": 1.10 }`), `{"a":1.10}`},
		{"bytes", "JSON as it is", testsuite.Succeed([]byte(`{"a":1}`)), `{"a":1}`},
		{"value", "as encoding/json writes it", testsuite.Succeed(map[string]int{"a": 1}), `{"a":1}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			op, known := setup(t, testsuite.Script{End: row.end}, testsuite.Options{}).service.Peek(lro.Ref{Service: lro.SpannerService, Name: opName})
			if diff := cmp.Diff(row.want, string(op.Response)); diff != "" || !known {
				t.Errorf("%s (known %v, -want +got):\n%s", row.reason, known, diff)
			}
		})
	}
}

// A plan is used up in order; its last script stays; a new one replaces it.
func TestPlan(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"UpdateDatabaseDdl": {{RunsFor: time.Hour}, {End: testsuite.Fail(lro.CodeCanceled, "the operation was canceled")}},
	}})
	s.service.Put(database, nil)
	var got []lro.State
	start := func() {
		s.do("PATCH", database+"/ddl", `{"statements":["a"]}`)
		refs := s.service.Refs()
		op, _ := s.service.Peek(refs[len(refs)-1])
		got = append(got, op.State())
	}
	start()
	start()
	start()
	s.service.Plan("UpdateDatabaseDdl", testsuite.Script{Polls: 1})
	start()
	s.service.Plan("UpdateDatabaseDdl")
	start()
	want := []lro.State{lro.StateRunning, lro.StateCanceled, lro.StateCanceled, lro.StateRunning, lro.StateSucceeded}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states of the starts (-want +got):\n%s", diff)
	}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{RunsFor: time.Hour}, testsuite.Options{})
	s.service.Finish(s.ref, testsuite.Fail(lro.CodeDataLoss, ""))
	if got := s.play("get 1h get"); got != "failed, failed" {
		t.Errorf("its own end came after all: %s", got)
	}
	ref := lro.Ref{Service: lro.SpannerService, Name: opName}
	runRefusals(t, []refusal{
		{"no end", func(s *testsuite.Service) { s.Finish(ref, testsuite.RunForever()) }, "end", "RunForever"},
		{"an end that cannot be written", func(s *testsuite.Service) { s.Finish(ref, testsuite.Succeed("{")) }, "end", "not JSON: unexpected end of JSON input"},
		{"twice", func(s *testsuite.Service) {
			s.Finish(ref, testsuite.End{})
			s.Finish(ref, testsuite.End{})
		}, "ref", ref.String()},
	})
}

func TestStartAgain(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{ExpiresAfter: time.Hour}, testsuite.Options{})
	s.clock.Advance(time.Hour)
	again := s.service.Start(opName, testsuite.Script{RunsFor: time.Hour})
	if diff := cmp.Diff([]lro.Ref{again}, s.service.Refs()); diff != "" {
		t.Errorf("Refs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]lro.Ref{again}, s.service.Running()); diff != "" {
		t.Errorf("Running (-want +got):\n%s", diff)
	}
}
