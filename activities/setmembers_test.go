package activities_test

import (
	"fmt"
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

// The heartbeat of a set shows its operations: those that failed, those that cannot be read,
// those whose last read failed, those that run, and the rest.
func TestPollSetMembers(t *testing.T) {
	t.Parallel()
	scripts := []testsuite.Script{
		{},
		{RunsFor: time.Hour, Metadata: testsuite.RawMetadata(`{"progress":{"progressPercent":40}}`)},
		{Faults: []testsuite.Fault{testsuite.Unavailable()}},
		{Faults: []testsuite.Fault{testsuite.PermissionDenied()}},
		{End: testsuite.Fail(lro.CodeInternal, "no")},
		{End: testsuite.Fail(lro.CodeCanceled, "by hand")},
	}
	rows := map[string]struct {
		reason string
		change func(in *sets.PollInput)
		want   []string
	}{
		"awaited": {"an operation that somebody canceled has failed", func(*sets.PollInput) {}, []string{
			"4 failed INTERNAL", "5 canceled CANCELLED", "3 unread PERMISSION_DENIED", "2 running UNAVAILABLE", "1 running 40%", "0 succeeded",
		}},
		"canceled": {"the cancel was asked for", func(in *sets.PollInput) { in.Canceling = true }, []string{
			"4 failed INTERNAL", "3 unread PERMISSION_DENIED", "2 running UNAVAILABLE", "1 running 40%", "0 succeeded", "5 canceled CANCELLED",
		}},
		"steps": {"the step's name tells more", func(in *sets.PollInput) { in.Steps = []string{"a", "b", "c", "d", "e", "f"} }, []string{
			"e failed INTERNAL", "f canceled CANCELLED", "d unread PERMISSION_DENIED", "c running UNAVAILABLE", "b running 40%", "a succeeded",
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			refs := s.fleet(t, len(scripts), func(i int) string { return fmt.Sprintf("projects/p/instances/i%d", i) }, func(i int) testsuite.Script { return scripts[i] })
			names := map[string]int{}
			for i, ref := range refs {
				names[ref.String()] = i
			}
			s.options.MaxHeld = activities.NeverHold
			env := newEnv()
			s.activities().Register(env)
			var beat sets.PollHeartbeat
			env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
				if err := details.Get(&beat); err != nil {
					t.Error(err)
				}
			})
			in := s.setInput(refs)
			row.change(&in)
			_, err := env.ExecuteActivity(activities.PollOperationsName, in)
			if app := applicationError(t, err); app.Type() != activities.YieldType {
				t.Fatalf("%v, want a yield", err)
			}
			var got []string
			for _, m := range beat.Members {
				got = append(got, memberLine(m, names))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// memberLine is a line about a member: its step or the index of its name, and how it stands.
func memberLine(m sets.Member, names map[string]int) string {
	line := m.Step
	if line == "" {
		line = fmt.Sprint(names[m.Name])
	}
	if m.Unread {
		line += " unread"
	} else {
		line += " " + string(m.State)
	}
	switch {
	case m.Error != nil:
		return line + " " + m.Error.Code.String()
	case m.Progress.Known:
		return fmt.Sprintf("%s %d%%", line, m.Progress.Percent)
	default:
		return line
	}
}
