package activities_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// fleet starts n operations, each in the collection that its index gives.
func (s *setup) fleet(t testing.TB, n int, collection func(i int) string, script func(i int) testsuite.Script) []lro.Ref {
	t.Helper()
	refs := make([]lro.Ref, n)
	for i := range refs {
		refs[i] = s.service.Start(fmt.Sprintf("%s/operations/o%04d", collection(i), i), script(i))
	}
	return refs
}

func oneInstance(int) string { return "projects/p/instances/i" }

func manyDatabases(i int) string { return fmt.Sprintf("projects/p/instances/i/databases/d%d", i) }

func pollSet(a *activities.Activities, in sets.PollInput) (sets.PollOutput, error) {
	return execute[sets.PollOutput](newEnv(), a, activities.PollOperationsName, in)
}

func (s *setup) setInput(refs []lro.Ref) sets.PollInput {
	set, _ := sets.New(refs)
	return sets.PollInput{Operations: set, StartTime: start}
}

// ended are states as letters, with what failed.
type ended struct {
	States   string
	Failures []string
	Expired  bool
}

func endedOf(out sets.PollOutput) ended {
	e := ended{States: string(out.States), Expired: out.Expired}
	for _, f := range out.Failures {
		e.Failures = append(e.Failures, fmt.Sprintf("%d %s %s", f.Index, f.Type, f.Status.Code))
	}
	return e
}

func TestPollSet(t *testing.T) {
	t.Parallel()
	succeed := testsuite.Script{RunsFor: time.Minute}
	fail := testsuite.Script{RunsFor: 30 * time.Second, End: testsuite.Fail(lro.CodeInternal, "no")}
	forever := testsuite.Script{End: testsuite.RunForever()}
	hidden := testsuite.Script{HiddenFor: time.Hour}
	rows := map[string]struct {
		reason  string
		scripts []testsuite.Script
		change  func(*sets.PollInput)
		want    ended
	}{
		"all":      {"how each ends is data", []testsuite.Script{succeed, fail, succeed}, nil, ended{"sfs", []string{"1 OperationFailed INTERNAL"}, false}},
		"first":    {"the first failure ends it where asked for", []testsuite.Script{forever, fail, succeed}, func(in *sets.PollInput) { in.StopOnFailure = true }, ended{"rfr", []string{"1 OperationFailed INTERNAL"}, false}},
		"deadline": {"what runs then is said to", []testsuite.Script{succeed, forever}, func(in *sets.PollInput) { in.Deadline = start.Add(2 * time.Minute) }, ended{"sr", nil, true}},
		"missing":  {"what cannot be read does not hold up the rest", []testsuite.Script{hidden, succeed}, func(in *sets.PollInput) { in.NotFoundGrace = lro.DurationOf(20 * time.Second) }, ended{"xs", []string{"0 PollFailed NOT_FOUND"}, false}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			refs := s.fleet(t, len(row.scripts), oneInstance, func(i int) testsuite.Script { return row.scripts[i] })
			in := s.setInput(refs)
			if row.change != nil {
				row.change(&in)
			}
			out, err := pollSet(s.activities(), in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, endedOf(out)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// A thousand operations, of one collection or of a thousand databases, take a
// List or two where as many Gets would be made.
func TestPollSetLists(t *testing.T) {
	t.Parallel()
	for name, collection := range map[string]func(int) string{"collection": oneInstance, "databases": manyDatabases} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			refs := s.fleet(t, 1000, collection, func(i int) testsuite.Script {
				return testsuite.Script{RunsFor: 45*time.Second + time.Duration(i)*30*time.Millisecond}
			})
			out, err := pollSet(s.activities(), s.setInput(refs))
			if err != nil || strings.Trim(string(out.States), "s") != "" {
				t.Fatalf("%v, %s", err, out.States)
			}
			if calls := s.service.Count(); calls*20 > out.Polls {
				t.Errorf("%d calls for %d answers: %v", calls, out.Polls, s.service.Calls())
			}
		})
	}
}

// Where List does not answer, Gets do, and never more requests are made than
// Gets alone would be.
func TestPollSetWithoutList(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason  string
		fault   testsuite.Fault
		options testsuite.Options
	}{
		"unimplemented": {"the service has none", testsuite.FailWith(lro.CodeUnimplemented, "no list").On(testsuite.MethodList), testsuite.Options{}},
		"denied":        {"the worker may not list", testsuite.PermissionDenied().On(testsuite.MethodList), testsuite.Options{}},
		"failing":       {"it fails whenever it is asked", testsuite.Unavailable().On(testsuite.MethodList), testsuite.Options{}},
		"empty":         {"it shows none of the operations", testsuite.Body(200, "application/json", `{}`).On(testsuite.MethodList), testsuite.Options{}},
		"strangers":     {"its pages are full of others", testsuite.Fault{}, testsuite.Options{PageSize: 2}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			row.options.Clock = s.clock
			s.service = testsuite.ForTest(t, row.options)
			s.service.AddFaults(row.fault)
			refs := s.fleet(t, 5, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: time.Minute} })
			for i := range 100 { // newer, and so listed before
				s.service.Start(fmt.Sprintf("projects/p/instances/i/operations/other%d", i), testsuite.Script{End: testsuite.RunForever()})
			}
			out, err := pollSet(s.activities(), s.setInput(refs))
			if err != nil || string(out.States) != "sssss" {
				t.Fatalf("%s: %v, %s", row.reason, err, out.States)
			}
			if calls := s.service.Count(); calls > out.Polls+s.deferred() {
				t.Errorf("%s: %d calls for %d answers: %v", row.reason, calls, out.Polls, s.service.Calls())
			}
		})
	}
}

// deferred is how many reads were left out for lists: each list that did not pay
// takes the place of one.
func (s *setup) deferred() int { return s.service.Count(testsuite.MethodList) }

// A worker's death costs no more than what its last heartbeat did not say.
func TestPollSetResumes(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	scripts := []testsuite.Script{{}, {End: testsuite.Fail(lro.CodeInternal, "no")}, {RunsFor: time.Minute}}
	refs := s.fleet(t, 3, oneInstance, func(i int) testsuite.Script { return scripts[i] })
	s.options.MaxHeld = activities.NeverHold
	env := newEnv()
	a := s.activities()
	a.Register(env)
	var beat sets.PollHeartbeat
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		if err := details.Get(&beat); err != nil {
			t.Error(err)
		}
	})
	_, err := env.ExecuteActivity(activities.PollOperationsName, s.setInput(refs))
	if app := applicationError(t, err); app.Type() != activities.YieldType || !strings.HasPrefix(app.Message(), "2 of 3 ended") {
		t.Fatalf("%v, want a yield", err)
	}
	if beat.Total != 3 || beat.Ended != 2 {
		t.Errorf("heartbeat %+v", beat)
	}
	s.clock.Advance(2 * time.Minute)
	s.service.ForgetCalls()
	env = newEnv()
	a.Register(env)
	env.SetHeartbeatDetails(beat)
	value, err := env.ExecuteActivity(activities.PollOperationsName, s.setInput(refs))
	if err != nil {
		t.Fatal(err)
	}
	var out sets.PollOutput
	if err := value.Get(&out); err != nil {
		t.Fatal(err)
	}
	want := ended{"sfs", []string{"1 OperationFailed INTERNAL"}, false}
	if diff := cmp.Diff(want, endedOf(out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if calls := s.service.CallsFor(testsuite.MethodGet, refs[0]); len(calls) > 0 {
		t.Error("what had succeeded was read again")
	}
}

// The AuthGrace lasts across attempts, whether the service has shown the operation or a step has started it.
func TestPollSetRefusedAcrossAttempts(t *testing.T) {
	t.Parallel()
	denied := testsuite.PermissionDenied().On(testsuite.MethodGet, testsuite.MethodList)
	rows := map[string]struct {
		reason   string
		fault    testsuite.Fault
		resumed  bool
		attempts int // one every 40 minutes
	}{
		"a stranger's": {"a first 403 is the wrong credentials", denied, false, 1},
		"a step's":     {"the service has let the step start it: refused at 0, 40 and 80 minutes", denied, true, 3},
		"seen":         {"refused at 40, 80 and 120 minutes", denied.During(time.Minute, 0), false, 4},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{row.fault}})
			s.options.MaxHeld = activities.NeverHold
			in := s.setInput([]lro.Ref{s.ref})
			in.Resumed, in.AuthGrace = row.resumed, lro.DurationOf(time.Hour)
			out, attempts := s.attempts(t, in, 40*time.Minute)
			want := ended{"x", []string{"0 PollFailed PERMISSION_DENIED"}, false}
			if diff := cmp.Diff(want, endedOf(out)); diff != "" || attempts != row.attempts {
				t.Errorf("%s: %d attempts, want %d; (-want +got):\n%s", row.reason, attempts, row.attempts, diff)
			}
		})
	}
}

// attempts runs attempts, each with the heartbeat of the one before and so much later, until one does not
// yield. It gives up after 10.
func (s *setup) attempts(t *testing.T, in sets.PollInput, apart time.Duration) (out sets.PollOutput, attempts int) {
	t.Helper()
	a := s.activities()
	var beat sets.PollHeartbeat
	for attempts = 1; attempts <= 10; attempts++ {
		env := newEnv()
		a.Register(env)
		env.SetHeartbeatDetails(beat)
		env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
			if err := details.Get(&beat); err != nil {
				t.Error(err)
			}
		})
		value, err := env.ExecuteActivity(activities.PollOperationsName, in)
		if err == nil {
			if err := value.Get(&out); err != nil {
				t.Fatal(err)
			}
			return out, attempts
		}
		if app := applicationError(t, err); app.Type() != activities.YieldType {
			t.Fatal(err)
		}
		s.clock.Advance(apart)
	}
	return out, attempts
}

func TestPollSetHeartbeatSize(t *testing.T) {
	t.Parallel()
	beat := sets.PollHeartbeat{
		StartTime: start, Deadline: start, Canceling: true, In: strings.Repeat("x", 1<<10-2),
		Total: sets.MaxSize, Ended: sets.MaxSize, Polls: 1 << 40, States: make([]byte, sets.MaxSize/4), BlockedSince: start, RefusedUnseen: true,
		Status: "5000 of 5000 ended", Failing: sets.MaxSize, LastError: &lro.Status{Code: lro.CodeUnavailable, Message: strings.Repeat("<", 128)}, NextPoll: start, NotBefore: start,
	}
	if size := lro.EncodedSize(beat); size > 4<<10 {
		t.Errorf("%d bytes, over 4 KiB", size)
	}
}

func TestPollSetInvalidInput(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	valid := s.setInput([]lro.Ref{s.ref})
	rows := map[string]struct {
		reason string
		change func(*sets.PollInput)
		field  string
	}{
		"none": {"a set of none awaits nothing", func(in *sets.PollInput) { in.Operations = nil }, "operations"},
		"too many": {"one more than there is room for", func(in *sets.PollInput) {
			in.Operations = sets.Set{{In: "//" + lro.SpannerService + "/projects/p/instances/i/operations", Names: make([]string, sets.MaxSize+1)}}
		}, "operations"},
		"name": {"a name that would reach elsewhere", func(in *sets.PollInput) {
			in.Operations = sets.Set{{In: "//" + lro.SpannerService, Names: []string{"../x"}}}
		}, "operations[0].names[0]"},
		"url": {"a URL in place of a service", func(in *sets.PollInput) {
			in.Operations = sets.Set{{In: "https://evil", Names: []string{"x"}}}
		}, "operations[0].names[0]"},
		"start":  {"a schedule needs its beginning", func(in *sets.PollInput) { in.StartTime = time.Time{} }, "startTime"},
		"policy": {"a policy that is none", func(in *sets.PollInput) { in.Policy.Coefficient = 0.5 }, "policy.coefficient"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := valid
			row.change(&in)
			_, err := pollSet(s.activities(), in)
			if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != row.field {
				t.Errorf("%s: refused %q, want %q", row.reason, f.Field, row.field)
			}
		})
	}
}

// Of thousands of failures each keeps its code, and the first their details.
func TestPollSetManyFailures(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	long := strings.Repeat("<", 2000)
	refs := s.fleet(t, sets.MaxSize, oneInstance, func(int) testsuite.Script {
		return testsuite.Script{End: testsuite.Fail(lro.CodeInternal, long)}
	})
	out, err := pollSet(s.activities(), s.setInput(refs))
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Failures) != sets.MaxSize || lro.EncodedSize(out) > lro.MaxEncodedSize {
		t.Errorf("%d failures in %d bytes", len(out.Failures), lro.EncodedSize(out))
	}
	first, last := out.Failures[0].Status, out.Failures[sets.MaxSize-1].Status
	if first.Message != long || last.Code != lro.CodeInternal {
		t.Errorf("the first says %d bytes, the last %s", len(first.Message), last.Code)
	}
}

// Cancels go to what runs, and each says what it came to.
func TestCancelSet(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	running := testsuite.Script{End: testsuite.RunForever()}
	unsupported := running
	unsupported.OnCancel = testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")
	refused := running
	refused.Faults = []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodCancel)}
	flaky := running
	flaky.Faults = []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodCancel).Calls(1, 2)}
	scripts := []testsuite.Script{running, {}, unsupported, refused, flaky}
	refs := s.fleet(t, len(scripts), oneInstance, func(i int) testsuite.Script { return scripts[i] })
	refs = append(refs, lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/gone"})
	set, _ := sets.New(refs)
	out, err := execute[sets.CancelOutput](newEnv(), s.activities(), activities.CancelOperationsName, sets.CancelInput{Operations: set})
	if err != nil || out.Results != "deurdg" {
		t.Errorf("results %q, %v", out.Results, err)
	}
	var codes []string
	for _, f := range out.Failures {
		codes = append(codes, fmt.Sprintf("%d %s", f.Index, f.Status.Code))
	}
	if diff := cmp.Diff([]string{"2 UNIMPLEMENTED", "3 PERMISSION_DENIED", "5 NOT_FOUND"}, codes); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if calls := s.service.CallsFor(testsuite.MethodCancel, refs[1]); len(calls) > 0 {
		t.Error("what had ended was sent a cancel")
	}
}

// A set's operations are read with their responses, a page at a time.
func TestReadSet(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	const n = 10
	refs := s.fleet(t, n, oneInstance, func(int) testsuite.Script {
		return testsuite.Script{End: testsuite.Succeed(map[string]string{"@type": "type.googleapis.com/google.protobuf.StringValue", "value": strings.Repeat("x", 300<<10)})}
	})
	set, _ := sets.New(refs)
	var got []string
	pages := 0
	for from := 0; ; pages++ {
		out, err := execute[sets.ReadOutput](newEnv(), s.activities(), activities.ReadOperationsName, sets.ReadInput{Operations: set, From: from})
		if err != nil {
			t.Fatal(err)
		}
		if size := lro.EncodedSize(out); size > lro.MaxEncodedSize+1<<10 {
			t.Errorf("a page of %d bytes", size)
		}
		for _, op := range out.Operations {
			if len(op.Response) < 300<<10 {
				t.Errorf("%s came with a response of %d bytes", op.Name, len(op.Response))
			}
			got = append(got, op.Name)
		}
		if from = out.Next; from == 0 {
			break
		}
	}
	if len(got) != n || pages < 2 {
		t.Errorf("%d operations in %d pages", len(got), pages+1)
	}
	_, err := execute[sets.ReadOutput](newEnv(), s.activities(), activities.ReadOperationsName, sets.ReadInput{Operations: set, From: n})
	if f, ok := lro.AsFailure(err); !ok || f.Field != "from" {
		t.Errorf("%v, want from refused", err)
	}
	if err != nil && errors.Is(err, lro.ErrNotOperation) {
		t.Error("an input was taken for an answer")
	}
}
