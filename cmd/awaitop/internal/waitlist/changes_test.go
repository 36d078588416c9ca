package waitlist_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

// A line is printed for each change, and none because time goes by.
func TestChanges(t *testing.T) {
	t.Parallel()
	changes := waitlist.Changes{Gone: "ended", GoneWorkflow: "waits no more"}
	wait := own(b1)
	parent := func(waits ...control.Wait) *control.Status {
		return &control.Status{WorkflowID: "p", RunID: "r", WorkflowType: "P", State: "Running", Waits: waits}
	}
	steps := []struct {
		reason   string
		at       time.Time
		statuses []*control.Status
		want     []string
	}{
		{"all is new", now, []*control.Status{alone(wait), parent(in("p", own(b2)))}, []string{
			"14:52:03  //spanner.googleapis.com/" + b1 + "  running",
			"14:52:03  p (P)  running",
			"14:52:03  p  //spanner.googleapis.com/" + b2 + "  running",
		}},
		{"time goes by", now.Add(time.Minute), []*control.Status{alone(wait), parent(in("p", own(b2)))}, nil},
		{"it comes on", now, []*control.Status{alone(with(wait, func(w *control.Wait) { w.Progress = lro.Progress{Known: true, Percent: 40} })), parent(in("p", own(b2)))},
			[]string{"14:52:03  //spanner.googleapis.com/" + b1 + "  running  40%"}},
		{"it fails, and a step ends", now, []*control.Status{alone(with(wait, func(w *control.Wait) { w.LastFailure = "died" })), parent()}, []string{
			"14:52:03  //spanner.googleapis.com/" + b1 + "  running  died",
			"14:52:03  p (P)  between two steps",
			"14:52:03  p  //spanner.googleapis.com/" + b2 + "  ended",
		}},
		{"a workflow is not listed any more, which may run on", now, []*control.Status{alone(with(wait, func(w *control.Wait) { w.LastFailure = "died" }))}, []string{
			"14:52:03  p (P)  waits no more",
		}},
	}
	for _, step := range steps {
		var got []string
		for _, row := range changes.Since(waitlist.Rows(step.statuses, step.at)) {
			got = append(got, waitlist.Event(row, step.at))
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", step.reason, diff)
		}
	}
}

// A workflow that has ended says how once, and leaves without a word.
func TestChangesAfterEnd(t *testing.T) {
	t.Parallel()
	changes := waitlist.Changes{Gone: "ended"}
	ended := alone(own(b1))
	ended.State, ended.Waits, ended.Outcome, ended.CloseTime = "Completed", nil, succeeded(), now
	if got := changes.Since(waitlist.Rows([]*control.Status{ended}, now)); len(got) != 1 || got[0].State != "succeeded" {
		t.Errorf("%+v, want a success", got)
	}
	if got := changes.Since(nil); len(got) != 0 {
		t.Errorf("%+v, want nothing", got)
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	before, after := alone(own(b1)), alone(with(own(b1), func(w *control.Wait) { w.NextPoll = now.Add(time.Hour) }))
	if waitlist.News(before, now) != waitlist.News(after, now.Add(time.Minute)) {
		t.Error("the time of the next read is news")
	}
	after.Waits[0].LastFailure = "died"
	if waitlist.News(before, now) == waitlist.News(after, now) {
		t.Error("trouble is no news")
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	tests := map[time.Duration]string{
		-time.Second: "0s", 499 * time.Millisecond: "0s", 12 * time.Second: "12s", 200 * time.Second: "3m20s",
		65 * time.Minute: "1h5m", 26 * time.Hour: "1d2h",
	}
	for d, want := range tests {
		if got := waitlist.Duration(d); got != want {
			t.Errorf("%s is %s, want %s", d, got, want)
		}
	}
}
