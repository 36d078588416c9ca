package activities_test

import (
	"encoding/json"
	"slices"
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

const minute = time.Minute

func TestPollFailures(t *testing.T) {
	t.Parallel()
	denied := testsuite.PermissionDenied()
	rows := map[string]struct {
		reason string
		fault  testsuite.Fault
		input  func(*activities.PollInput)
		beat   *activities.Heartbeat
		want   lro.FailureType
		code   lro.Code
		polls  int
	}{
		"blocked at first":         {"a first 403 is the wrong credentials", denied, func(in *activities.PollInput) { in.AuthGrace = lro.DurationOf(minute) }, nil, lro.TypePollFailed, lro.CodePermissionDenied, 1},
		"blocked, seen":            {"a grant may come back until AuthGrace is over", denied, func(in *activities.PollInput) { in.Seen, in.AuthGrace = true, lro.DurationOf(20*time.Second) }, nil, lro.TypePollFailed, lro.CodePermissionDenied, 2},
		"blocked, resumed":         {"an earlier wait counts as a first read", denied, func(in *activities.PollInput) { in.Resumed, in.AuthGrace = true, lro.DurationOf(20*time.Second) }, nil, lro.TypePollFailed, lro.CodePermissionDenied, 2},
		"blocked across attempts":  {"the grace began in the attempt before", denied, func(in *activities.PollInput) { in.AuthGrace = lro.DurationOf(minute) }, &activities.Heartbeat{Polls: 3, Seen: true, BlockedSince: start.Add(-40 * time.Second)}, lro.TypePollFailed, lro.CodePermissionDenied, 5},
		"blocked past its grace":   {"nothing is left of the grace", denied, func(in *activities.PollInput) { in.AuthGrace = lro.DurationOf(minute) }, &activities.Heartbeat{Polls: 3, Seen: true, BlockedSince: start.Add(-minute)}, lro.TypePollFailed, lro.CodePermissionDenied, 4},
		"not found":                {"without a grace a 404 is final", testsuite.NotFound(), nil, nil, lro.TypePollFailed, lro.CodeNotFound, 1},
		"not found past its grace": {"1s, then what is left of the grace", testsuite.NotFound(), func(in *activities.PollInput) { in.NotFoundGrace = lro.DurationOf(2 * time.Second) }, nil, lro.TypePollFailed, lro.CodeNotFound, 3},
		"gone":                     {"seen, so that no grace holds", testsuite.NotFound().Calls(2, 0), func(in *activities.PollInput) { in.NotFoundGrace = lro.DurationOf(time.Hour) }, nil, lro.TypeOperationGone, lro.CodeNotFound, 2},
		"gone, seen before":        {"the input says that it was seen", testsuite.NotFound(), func(in *activities.PollInput) { in.Seen, in.NotFoundGrace = true, lro.DurationOf(time.Hour) }, nil, lro.TypeOperationGone, lro.CodeNotFound, 1},
		"gone across attempts":     {"the heartbeat says that it was seen", testsuite.NotFound(), nil, &activities.Heartbeat{Polls: 1, Seen: true}, lro.TypeOperationGone, lro.CodeNotFound, 2},
		"protocol":                 {"JSON of something else", testsuite.Body(200, "application/json", `{"kind": "something#else"}`), nil, nil, lro.TypeProtocolError, lro.CodeUnknown, 1},
		"permanent":                {"the name stays wrong", testsuite.FailWith(lro.CodeInvalidArgument, "no"), nil, nil, lro.TypePollFailed, lro.CodeInvalidArgument, 1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata(), Faults: []testsuite.Fault{row.fault}})
			in, env := s.input(), newEnv()
			in.Policy = lro.PollPolicy{Coefficient: 1, YieldInterval: time.Hour}
			if row.input != nil {
				row.input(&in)
			}
			if row.beat != nil {
				env.SetHeartbeatDetails(*row.beat)
			}
			_, err := execute[activities.PollOutput](env, s.activities(), activities.PollOperationName, in)
			failure := testsuite.AssertFailure(t, err, row.want, row.code)
			if failure.Polls != row.polls || failure.Ref != s.ref || !applicationError(t, err).NonRetryable() {
				t.Errorf("%s: failure of %v after %d polls, want %d, not retryable", row.reason, failure.Ref, failure.Polls, row.polls)
			}
		})
	}
}

func TestPollNotFoundGrace(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{HiddenGets: 3})
	in := s.input()
	in.NotFoundGrace = lro.DurationOf(minute)
	out, err := poll(s.activities(), in)
	if err != nil || out.Polls != 4 || out.Operation.State() != lro.StateSucceeded {
		t.Errorf("poll = %+v, %v; want success at the fourth read", out, err)
	}
}

// Advice holds within the graces, too, whatever is left of them.
func TestPollNotFoundAdvice(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{Faults: []testsuite.Fault{testsuite.NotFound().WithRetryAfter(15*time.Second).Calls(1, 1)}})
	in := s.input()
	in.NotFoundGrace = lro.DurationOf(5 * time.Second)
	if _, err := poll(s.activities(), in); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{15 * time.Second}, s.gaps()); diff != "" {
		t.Errorf("no read sooner than the server says (-want +got):\n%s", diff)
	}
}

func TestPollResponseTooLarge(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{End: testsuite.Succeed(map[string]string{"@type": "type.googleapis.com/google.protobuf.StringValue", "value": strings.Repeat("x", 3<<20)})})
	out, err := poll(s.activities(), s.input())
	if err != nil {
		t.Fatal(err)
	}
	if !out.ResponseTooLarge || !out.Operation.Truncated || out.Operation.Response != nil || lro.EncodedSize(out) > lro.MaxEncodedSize {
		t.Errorf("output of %d bytes = %+v, want it marked and without its response", lro.EncodedSize(out), out)
	}
}

// What the service asked the attempt before to wait for is waited for, by another
// worker too.
func TestAdviceOutlivesAnAttempt(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		beat   time.Time
		want   time.Duration
	}{
		"none":    {"it is read at once", time.Time{}, 0},
		"passed":  {"so it is after the advice", start.Add(-time.Second), 0},
		"running": {"not before", start.Add(40 * time.Second), 40 * time.Second},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, env := newSetup(t, testsuite.Script{}), newEnv()
			in := s.input()
			in.Policy = lro.PollPolicy{YieldInterval: time.Hour}
			env.SetHeartbeatDetails(activities.Heartbeat{Polls: 1, NotBefore: row.beat, NextPoll: start.Add(time.Minute)})
			if _, err := execute[activities.PollOutput](env, s.activities(), activities.PollOperationName, in); err != nil {
				t.Fatal(err)
			}
			if waited := s.clock.Now().Sub(start); waited != row.want {
				t.Errorf("%s: read after %v", row.reason, waited)
			}

			s, env = newSetup(t, testsuite.Script{}), newEnv()
			set, _ := sets.New([]lro.Ref{s.ref})
			env.SetHeartbeatDetails(sets.PollHeartbeat{Total: 1, NotBefore: row.beat, NextPoll: start.Add(time.Minute)})
			setInput := sets.PollInput{Operations: set, StartTime: start, Policy: in.Policy}
			if _, err := execute[sets.PollOutput](env, s.activities(), activities.PollOperationsName, setInput); err != nil {
				t.Fatal(err)
			}
			if waited := s.clock.Now().Sub(start); waited != row.want {
				t.Errorf("%s: a set's is read after %v", row.reason, waited)
			}
		})
	}
}

func TestPollHeartbeatSize(t *testing.T) {
	t.Parallel()
	rows := map[string]struct{ reason, metadata string }{
		"huge":    {"metadata is no part of it", `{"progressPercent":40,"blob":"` + strings.Repeat("x", 1<<20) + `"}`},
		"long":    {"a follow-up name that is none is dropped", `{"optimizeDatabaseOperationName":"` + strings.Repeat("x", 1<<20) + `"}`},
		"escaped": {"the limit is on what is sent: each < takes six bytes", `{"optimizeDatabaseOperationName":"` + strings.Repeat("<", lro.MaxNameLength) + `"}`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{Polls: 2, Metadata: testsuite.RawMetadata(row.metadata)})
			s.options.MaxHeld = activities.NeverHold // so that it is sent before the attempt ends
			var sizes []int
			env := newEnv()
			env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
				var beat json.RawMessage
				if err := details.Get(&beat); err != nil {
					t.Error(err)
				}
				sizes = append(sizes, len(beat))
			})
			_, err := execute[activities.PollOutput](env, s.activities(), activities.PollOperationName, s.input())
			if app := applicationError(t, err); app.Type() != activities.YieldType {
				t.Fatal(err)
			}
			if len(sizes) == 0 || slices.Max(sizes) > 4<<10 {
				t.Errorf("%s: heartbeats of %v bytes, want some, of at most 4 KiB", row.reason, sizes)
			}
		})
	}
}

func TestPollInvalidInput(t *testing.T) {
	t.Parallel()
	const ref, at = `"ref":"//spanner.googleapis.com/` + opName + `"`, `"startTime":"2026-01-02T03:04:05Z"`
	rows := map[string]struct{ reason, input, field, value string }{
		"no ref":           {"nothing to read", `{` + at + `}`, "ref", ""},
		"verb":             {"it would call a method", `{"ref":"//spanner.googleapis.com/a/b:cancel",` + at + `}`, "ref", "a/b:cancel"},
		"no start":         {"the schedule begins nowhere", `{` + ref + `}`, "startTime", ""},
		"auth grace":       {"a number has no unit", `{` + ref + `,` + at + `,"authGrace":5}`, "authGrace", "5"},
		"not found grace":  {"no duration", `{` + ref + `,` + at + `,"notFoundGrace":"soon"}`, "notFoundGrace", "soon"},
		"policy":           {"backoff does not shrink", `{` + ref + `,` + at + `,"policy":{"coefficient":0.5}}`, "policy.coefficient", "0.5"},
		"another case":     {"a key's twin is not read", `{"Ref":"//spanner.googleapis.com/` + opName + `",` + at + `}`, "ref", ""},
		"twice":            {"which of them?", `{` + ref + `,` + at + `,` + ref + `}`, "ref", "//spanner.googleapis.com/" + opName},
		"mistyped":         {"not a boolean", `{` + ref + `,` + at + `,"seen":"yes"}`, "seen", "yes"},
		"another service":  {"the client refuses it", `{"ref":"//example.com/` + opName + `",` + at + `}`, "ref", "example.com"},
		"earlier polls":    {"a number of reads", `{` + ref + `,` + at + `,"earlierPolls":-1}`, "earlierPolls", "-1"},
		"negative auth":    {"a grace is no past", `{` + ref + `,` + at + `,"authGrace":"-1s"}`, "authGrace", "-1s"},
		"endless missing":  {"added to a time it would overflow", `{` + ref + `,` + at + `,"notFoundGrace":"9000000000s"}`, "notFoundGrace", "2500000h0m0s"},
		"first delay":      {"no duration", `{` + ref + `,` + at + `,"observed":{"progress":{"percent":0,"known":false},"firstDelay":20}}`, "observed.firstDelay", "20"},
		"endless delay":    {"added to a time it would overflow", `{` + ref + `,` + at + `,"observed":{"progress":{"percent":0,"known":false},"firstDelay":"9000000000s"}}`, "observed.firstDelay", "2500000h0m0s"},
		"negative missing": {"a grace is no past", `{` + ref + `,` + at + `,"notFoundGrace":"-1s"}`, "notFoundGrace", "-1s"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			_, err := poll(s.activities(), json.RawMessage(row.input))
			failure := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if diff := cmp.Diff([]string{row.field, row.value}, []string{failure.Field, failure.Value}); diff != "" {
				t.Errorf("%s: field and value (-want +got):\n%s", row.reason, diff)
			}
			s.service.AssertCalls(t, testsuite.MethodGet, 0)
		})
	}
}
