package spanner_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// What somebody else starts while the workflow runs is not adopted, by a start
// or by a look after a cancel, though it is as new and asks for the same.
func TestStrangersOperation(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		for name, runsFor := range map[string]time.Duration{"running": time.Hour, "done": 0} {
			t.Run(string(s.method)+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t).stage(s)
				b.service.Plan(s.method, testsuite.Script{RunsFor: runsFor}, testsuite.Script{})
				other := s.input()
				other.Key = "awaitop_somebody_elses"
				var theirs starters.StartOutput
				if err := b.attempts().run(s.activity, other, &theirs); err != nil {
					t.Fatal(err)
				}
				in := s.input()
				in.AdoptOnly = true
				var looked starters.StartOutput
				if err := b.attempts().run(s.activity, in, &looked); err != nil || looked.Found {
					t.Errorf("a look adopts %s (%v)", looked.Ref, err)
				}
				if !s.creates && name == "running" {
					return // whether the service takes another change is its own matter
				}
				out, err := b.attempts().start(s)
				if s.creates {
					testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
				} else if err != nil || out.Adopted || out.Ref == theirs.Ref {
					t.Errorf("%s adopted %t (%v), want one of its own", out.Ref, out.Adopted, err)
				}
			})
		}
	}
}

// Refusals that started nothing leave no claim on what comes after.
func TestRefusedThenStranger(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		if !s.creates {
			continue
		}
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, testsuite.RateLimited(0).On(s.method).Calls(1, 1)).stage(s)
			b.service.AddFaults(testsuite.RateLimited(0).On(s.method).Calls(1, 1))
			a := b.attempts()
			var out starters.StartOutput
			if err := a.once(s.activity, s.input(), &out); err != nil || out.Again == nil || out.Again.Known != nil {
				t.Fatalf("%+v (%v), want another attempt that knows of no call", out.Again, err)
			}
			a.again(&out)
			other := s.input()
			other.Key = "awaitop_somebody_elses"
			if err := b.attempts().run(s.activity, other, &out); err != nil {
				t.Fatal(err)
			}
			err := a.run(s.activity, s.input(), &out)
			testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
		})
	}
}

// Where reads lag, what the caller has started itself is not somebody else's:
// it is looked for until it is seen.
func TestReadsLag(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			clock := manualclock.New(time.Now())
			b := newBenchAt(t, clock).stage(s)
			b.service.Plan(s.method, testsuite.Script{RunsFor: time.Hour, HiddenFor: 10 * time.Second})
			b.service.AddFaults(testsuite.LostReply().On(s.method).Calls(1, 1))
			a := b.attempts()
			var out starters.StartOutput
			err := a.once(s.activity, s.input(), &out)
			if err == nil && out.Adopted {
				return // its resource was seen, and told enough
			}
			if err != nil || out.Again == nil || out.Again.Known == nil || out.Again.Error.Code != lro.CodeUnavailable {
				t.Fatalf("%+v (%v), want another attempt that knows of the call", out.Again, err)
			}
			a.again(&out)
			clock.Advance(10 * time.Second)
			if err := a.run(s.activity, s.input(), &out); err != nil || len(b.started(s)) != 1 {
				t.Errorf("%v; the server has %v", err, b.started(s))
			}
		})
	}
}

// An operation's id that is taken by one whose record is gone gives way to the
// next generation's, once it could no more be a lag of reads.
func TestTakenID(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ddl := b.find(names.UpdateDatabaseDdl)
	b.put(ddl.target)
	taken := testsuite.FailWith(lro.CodeAlreadyExists, "operation exists").On(ddl.method)
	b.service.AddFaults(taken.Calls(1, 2))
	a := b.attempts()
	var out starters.StartOutput
	for _, ago := range []time.Duration{0, 2 * time.Minute} {
		a.ago = ago
		if err := a.once(ddl.activity, ddl.input(), &out); err != nil || out.Again == nil {
			t.Fatalf("%+v (%v), want another attempt", out, err)
		}
		a.again(&out)
	}
	if err := a.once(ddl.activity, ddl.input(), &out); err != nil || out.Ref.Name != ddl.target+"/operations/"+key+"_2" {
		t.Errorf("%s (%v), want the second generation", out.Ref, err)
	}
}

// A change of fewer labels than the change before is one of its own, and keeps
// the key.
func TestLabels(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	make := b.find(names.CreateInstance)
	if _, err := b.attempts().start(make); err != nil {
		t.Fatal(err)
	}
	update := b.find(names.UpdateInstance)
	for _, labels := range []string{`{"env":"test","frozen":"yes"}`, `{"env":"test"}`, `{}`} {
		in := update.input()
		in.Retried = true
		in.Request = json.RawMessage(`{"instance":{"labels":` + labels + `},"fieldMask":"labels"}`)
		var out starters.StartOutput
		if err := b.attempts().run(update.activity, in, &out); err != nil || out.Adopted {
			t.Errorf("%s: adopted %t (%v)", labels, out.Adopted, err)
		}
	}
	var got starters.ResourceOutput
	if err := b.attempts().run(names.GetInstance, starters.ResourceInput{Name: instance}, &got); err != nil {
		t.Fatal(err)
	}
	var seen struct{ Labels map[string]string }
	if err := json.Unmarshal(got.Resource, &seen); err != nil || len(seen.Labels) != 1 || seen.Labels["awaitop_key"] != key {
		t.Errorf("labels %v (%v), want the key alone", seen.Labels, err)
	}
	in := make.input()
	in.Retried = true
	var again starters.StartOutput
	if err := b.attempts().run(make.activity, in, &again); err != nil || !again.Adopted {
		t.Errorf("the instance is not known again: %v", err)
	}
}

// Another change under the name of one that was made, in the same run of the
// workflow or another, is a change of its own.
func TestOtherStatements(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ddl := b.find(names.UpdateDatabaseDdl)
	b.put(ddl.target)
	first, err := b.attempts().start(ddl)
	if err != nil {
		t.Fatal(err)
	}
	for _, retried := range []bool{false, true} {
		in := ddl.input()
		in.Retried, in.Request = retried, json.RawMessage(`{"statements":["CREATE TABLE other"]}`)
		var out starters.StartOutput
		err := b.attempts().run(ddl.activity, in, &out)
		if err != nil || out.Ref == first.Ref || out.Adopted != retried { // the second is the first's
			t.Errorf("retried %t: %s adopted %t (%v)", retried, out.Ref, out.Adopted, err)
		}
	}
}

func (b *bench) find(activity string) starter {
	b.t.Helper()
	for _, s := range allStarters() {
		if s.activity == activity {
			return s
		}
	}
	b.t.Fatalf("no starter %s", activity)
	return starter{}
}

// A change that a compensation took back is made again by a later run of the
// workflow; one whose compensation failed stands.
func TestUndoneChange(t *testing.T) {
	t.Parallel()
	for _, undone := range []bool{true, false} {
		b := newBench(t)
		ddl := b.find(names.UpdateDatabaseDdl)
		b.put(ddl.target)
		first, err := b.attempts().start(ddl)
		if err != nil {
			t.Fatal(err)
		}
		if !undone {
			b.service.Plan(ddl.method, testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")}, testsuite.Script{})
		}
		back := ddl.input()
		back.Key, back.Request = key+starters.UndoSuffix, json.RawMessage(`{"statements":["DROP TABLE t"]}`)
		var out starters.StartOutput
		if err := b.attempts().run(ddl.activity, back, &out); err != nil {
			t.Fatal(err)
		}
		in := ddl.input()
		in.Retried = true
		if err := b.attempts().run(ddl.activity, in, &out); err != nil || out.Adopted == undone || (out.Ref == first.Ref) == undone {
			t.Errorf("taken back: %t; %s adopted %t (%v)", undone, out.Ref, out.Adopted, err)
		}
	}
}

// After a failure, what another operation than the caller's has made is not
// deleted.
func TestRemoveAnothersWork(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.find(names.CreateDatabase)
	b.stage(s)
	b.service.Plan(s.method, testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")}, testsuite.Script{})
	ours, err := b.attempts().start(s)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := b.attempts().start(s)
	if err != nil {
		t.Fatal(err)
	}
	in := starters.RemoveInput{Target: s.target, Since: s.input().Since, Until: time.Now().UTC()}
	for _, row := range []struct {
		of   lro.Ref
		want starters.RemoveResult
	}{{ours.Ref, starters.RemoveNotOurs}, {theirs.Ref, starters.RemoveDeleted}} {
		in.Operation = row.of.Name
		var out starters.RemoveOutput
		if err := b.attempts().run(names.DropDatabase, in, &out); err != nil || out.Result != row.want {
			t.Errorf("for %s: %q (%v), want %q", row.of, out.Result, err, row.want)
		}
	}
}
