package cli

import (
	"testing"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

func TestMemberLines(t *testing.T) {
	t.Parallel()
	set := control.Set{In: "//spanner.googleapis.com/projects/p/instances/i"}
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/databases/d/operations/o"}
	down := &lro.Status{Code: lro.CodeUnavailable, Message: "down"}
	rows := map[string]struct {
		reason      string
		member      control.Member
		state, text string
	}{
		"running":  {"by its name in the set", control.Member{Ref: ref, State: lro.StateRunning}, "running", "databases/d/operations/o"},
		"progress": {"how far it is", control.Member{Ref: ref, State: lro.StateRunning, Progress: lro.Progress{Known: true, Percent: 40}}, "running", "databases/d/operations/o, 40%"},
		"step":     {"the step tells more than the name", control.Member{Ref: ref, Step: "CreateDatabase d", State: lro.StateSucceeded}, "succeeded", "CreateDatabase d"},
		"failed":   {"why", control.Member{Ref: ref, State: lro.StateFailed, Error: down}, "failed", "databases/d/operations/o: UNAVAILABLE: down"},
		"failing":  {"it may yet be read", control.Member{Ref: ref, State: lro.StateRunning, Error: down}, "last read failed", "databases/d/operations/o: UNAVAILABLE: down"},
		"unread":   {"it is not read any more", control.Member{Ref: ref, State: lro.StateRunning, Unread: true, Error: down}, "not readable", "databases/d/operations/o: UNAVAILABLE: down"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if state, text := memberState(row.member), memberText(set, row.member); state != row.state || text != row.text {
				t.Errorf("%s: %q %q, want %q %q", row.reason, state, text, row.state, row.text)
			}
		})
	}
}

func TestProgressText(t *testing.T) {
	t.Parallel()
	half := lro.Progress{Known: true, Percent: 50}
	rows := map[string]struct {
		reason string
		wait   control.Wait
		want   string
	}{
		"percentage": {"said once", control.Wait{Progress: half, Message: "running, 50%"}, "running, 50%"},
		"trouble":    {"both", control.Wait{Progress: half, Message: "UNAVAILABLE"}, "50%  UNAVAILABLE"},
		"unknown":    {"the message alone", control.Wait{Message: "running"}, "running"},
		"set":        {"said once", control.Wait{Set: &control.Set{Total: 5, Ended: 2}, Message: "2 of 5 ended"}, "2 of 5 ended"},
		"no message": {"no heartbeat yet", control.Wait{Progress: half}, "50%"},
	}
	for name, row := range rows {
		if got := progressText(row.wait); got != row.want {
			t.Errorf("%s: %s: %q, want %q", name, row.reason, got, row.want)
		}
	}
}
