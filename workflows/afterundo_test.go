package workflows

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func TestStoppedLater(t *testing.T) {
	t.Parallel()
	ref := func(name string) lro.Ref { return lro.Ref{Service: lro.SpannerService, Name: name} }
	first, second := ref("projects/p/instances/i/operations/1"), ref("projects/p/instances/i/operations/2")
	began, ended := time.Unix(0, 0).UTC(), time.Unix(60, 0).UTC()
	gone := &lro.Status{Code: lro.CodeUnavailable}
	late := lro.Failure{Type: lro.TypeAwaitTimeout, Outcome: lro.Outcome{Ref: first, Polls: 3, StartTime: began}}
	canceled := lro.Outcome{
		Ref: first, Operation: lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeCanceled}},
		StartTime: ended, EndTime: ended, Cancellation: lro.CancellationCanceled, CancelStatus: gone,
	}
	amended := late
	amended.Outcome = canceled
	amended.Polls, amended.StartTime = late.Polls, late.StartTime
	with := func(f lro.Failure, change func(*lro.Failure)) lro.Failure {
		change(&f)
		return f
	}
	leaving := func(f lro.Failure, left ...string) lro.Failure {
		return with(f, func(f *lro.Failure) { f.Resources = left })
	}
	policy := with(late, func(f *lro.Failure) { f.Cancellation = lro.CancellationUnconfirmed })
	failed := with(late, func(f *lro.Failure) { f.Type = lro.TypeOperationFailed })
	none := with(late, func(f *lro.Failure) { f.Ref = lro.Ref{} })
	for name, row := range map[string]struct {
		reason   string
		failure  lro.Failure
		outcomes []lro.Outcome
		want     lro.Failure
		changed  bool
	}{
		"canceled":       {"the undo canceled it; the wait's own figures stay", late, []lro.Outcome{canceled}, amended, true},
		"not stopped":    {"the operation went with another resource", late, []lro.Outcome{{Ref: first}}, late, false},
		"another's":      {"the step is not of this saga", late, []lro.Outcome{{Ref: second, Cancellation: lro.CancellationCanceled}}, late, false},
		"by the wait":    {"the wait has told already", policy, []lro.Outcome{canceled}, policy, false},
		"another type":   {"it says nothing of running", failed, []lro.Outcome{canceled}, failed, false},
		"no operation":   {"none was started", none, []lro.Outcome{{Cancellation: lro.CancellationCanceled}}, none, false},
		"set":            {"what was stopped is not left running", leaving(late, first.String(), second.String()), []lro.Outcome{canceled}, leaving(amended, second.String()), true},
		"a set, stopped": {"nothing is", leaving(late, first.String()), []lro.Outcome{canceled}, leaving(amended), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, changed := stoppedLater(row.failure, row.outcomes)
			if len(got.Resources) == 0 {
				got.Resources = nil
			}
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(lro.Failure{})); diff != "" || changed != row.changed {
				t.Errorf("%s: changed %t (-want +got):\n%s", row.reason, changed, diff)
			}
		})
	}
}
