package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// leaves has a wait that was terminated an hour ago. Its operation runs, and bears a key or none.
func (s *swept) leaves(key string) lro.Ref {
	ref := sweptRef("left")
	s.left = orphans.LeftOutput{Closed: 3, Waits: []orphans.LeftWait{{
		Ref: ref, WorkflowID: "orders/child", RunID: "run", Status: orphans.Terminated, CloseTime: s.env.Now().Add(-time.Hour),
	}}}
	s.looks = []orphans.FindOutput{{Items: []orphans.Item{{Ref: ref, Key: key}}, Seen: orphans.Seen{Operations: 1}}}
	return ref
}

// operationPlace is where the operation of a wait is looked at.
func operationPlace(ref lro.Ref) orphans.Place {
	return orphans.Place{Kind: orphans.Operation, Service: ref.Service, Name: ref.Name, Found: true}
}

// What a terminated wait has left is canceled by the policy, unless somebody awaits it, or nobody can tell. An operation
// with a key is judged by its key alone.
func TestSweepLeft(t *testing.T) {
	t.Parallel()
	key := stepkey.New("order-1", "run", "s")
	dead := orphans.Owner{Key: key, WorkflowID: "order-1", RunID: "run", Status: orphans.Terminated, CloseTime: time.Now().Add(-24 * time.Hour)}
	awaited := map[string]string{workflows.WorkflowID(sweptRef("left")): "other"}
	rows := map[string]struct {
		key    string
		owners orphans.OwnersOutput
		counts workflows.SweepCounts
		acted  int
	}{
		"nobody awaits it":          {"", orphans.OwnersOutput{}, workflows.SweepCounts{Left: 1}, 1},
		"another one awaits it":     {"", orphans.OwnersOutput{Awaiters: awaited}, workflows.SweepCounts{Live: 1}, 0},
		"not all waits are seen":    {"", orphans.OwnersOutput{AwaitersCut: true}, workflows.SweepCounts{Left: 1}, 0},
		"a run is not known":        {"", orphans.OwnersOutput{AwaitersCut: true, RunsUnknown: true}, workflows.SweepCounts{Left: 1}, 0},
		"its own run is not known":  {key, orphans.OwnersOutput{RunsUnknown: true, Owners: []orphans.Owner{dead}}, workflows.SweepCounts{Orphan: 1}, 0},
		"its own run has ended":     {key, orphans.OwnersOutput{AwaitersCut: true, Owners: []orphans.Owner{dead}}, workflows.SweepCounts{Orphan: 1}, 1},
		"its workflow runs":         {key, orphans.OwnersOutput{Owners: []orphans.Owner{{Key: key, WorkflowID: "order-1", Status: orphans.Running}}}, workflows.SweepCounts{Live: 1}, 0},
		"its workflow is not known": {key, orphans.OwnersOutput{Owners: []orphans.Owner{{Key: key}}}, workflows.SweepCounts{Unknown: 1}, 0},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			s := newSwept(t)
			ref := s.leaves(row.key)
			s.owners = row.owners
			report, err := s.run(sweepOf(orphans.Cancel))
			if err != nil {
				t.Fatal(err)
			}
			if report.Counts != row.counts || report.Acted != row.acted || len(s.cancels) != row.acted || report.Seen != (orphans.Seen{Operations: 1, Waits: 3}) {
				t.Errorf("%+v, canceled %v", report, s.cancels)
			}
			if cut := row.owners.RunsUnknown || row.owners.AwaitersCut && row.key == ""; cut != (report.Incomplete != "") {
				t.Errorf("incomplete: %q, want one %t", report.Incomplete, cut)
			}
			if f := append(report.Findings, workflows.SweepFinding{})[0]; row.counts.Left > 0 &&
				(f.WorkflowID != "orders/child" || f.RunID != "run" || f.Status != orphans.Terminated || !strings.Contains(f.Why, "was terminated")) {
				t.Errorf("%+v", f)
			}
			want := []orphans.Mark{{Key: row.key, Awaiter: workflows.WorkflowID(ref), Operation: ref.String(), Ref: ref}}
			if diff := cmp.Diff(want, s.marks); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A sweep looks at waits for as long back as it is asked, below its parents. It looks at their operations first.
func TestSweepLooksBack(t *testing.T) {
	t.Parallel()
	for back, want := range map[time.Duration]time.Duration{0: workflows.DefaultLookBack, time.Hour: time.Hour} {
		s := newSwept(t)
		ref := s.leaves("")
		in := sweepOf("")
		in.LookBack = lro.DurationOf(back)
		if _, err := s.run(in); err != nil {
			t.Fatal(err)
		}
		// The environment's time goes on while activities run.
		if got := s.env.Now().Sub(s.waits[0].Since); len(s.waits) != 1 || got < want || got > want+time.Minute || len(s.waits[0].Parents) != 2 {
			t.Errorf("%v: %+v", back, s.waits)
		}
		if places := s.looked[0].Places; len(places) != 3 || places[2] != operationPlace(ref) {
			t.Errorf("places %+v, want the operation last: it is the next one", places)
		}
	}
	s := newSwept(t)
	s.leaves("")
	s.left.Cut = true
	if report, err := s.run(sweepOf("")); err != nil || !strings.Contains(report.Incomplete, "24h0m0s") {
		t.Errorf("%v, incomplete %q", err, report.Incomplete)
	}
	in := sweepOf("")
	in.LookBack = lro.DurationOf(-time.Second)
	if err := workflows.ValidateSweep(in); err == nil || !strings.Contains(err.Error(), "lookBack") {
		t.Errorf("a negative time: %v", err)
	}
}

// An operation of a wait that a list shows as well counts once, also in the next run.
func TestSweepLeftOnce(t *testing.T) {
	t.Parallel()
	s := newSwept(t)
	ref := s.leaves("")
	s.looks = append(slices.Clone(s.looks), s.looks[0])
	s.looks[0].Places = []orphans.Place{{Kind: orphans.Operations, Service: ref.Service, Name: ref.Collection().Name}}
	report, err := s.run(sweepOf(orphans.Cancel))
	if err != nil || len(s.looked) != 2 || report.Counts != (workflows.SweepCounts{Left: 1}) || len(s.cancels) != 1 {
		t.Errorf("%v: %+v, canceled %v", err, report.Counts, s.cancels)
	}

	for place, want := range map[orphans.Place]int{operationPlace(ref): 1, {Kind: orphans.Parent, Service: ref.Service, Name: "projects/q"}: 0} {
		s := newSwept(t)
		s.leaves("")
		in := workflows.SweepInput{Policy: orphans.Policy{Action: orphans.Cancel}, Resume: &workflows.SweepResume{Places: []orphans.Place{place}, Left: s.left.Waits}}
		if report, err := s.run(in); err != nil || report.Counts.Left != want || len(s.cancels) != want || len(s.waits) != 0 {
			t.Errorf("%v: %v: %+v, canceled %v", place, err, report.Counts, s.cancels)
		}
	}
}
