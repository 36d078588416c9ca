package activities_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// scriptedCancels is a Client whose cancel makes a try for each of its errors, as a
// client does that sends a request again by itself. before is called before each.
type scriptedCancels struct {
	lro.Client
	errs   []error
	before func(ref lro.Ref)
}

func (c *scriptedCancels) CancelOperation(ctx context.Context, ref lro.Ref) error {
	var failed error
	for i, err := range c.errs {
		if i > 0 {
			if err := poller.NextTry(ctx, failed); err != nil {
				return err
			}
		}
		c.before(ref)
		failed = err
	}
	return failed
}

// How far a cancel came, over all tries of it and all attempts.
func TestSent(t *testing.T) {
	t.Parallel()
	answered := func(code lro.Code, http int) error {
		return &lro.Error{Method: "CancelOperation", HTTP: http, Status: lro.Status{Code: code, Message: "no"}}
	}
	lost := answered(lro.CodeUnavailable, 0)
	page := func(http int) error {
		return &lro.Error{Method: "CancelOperation", HTTP: http, NoStatus: true, Status: lro.Status{Code: lro.StandInCode(http)}}
	}
	tooLarge := &lro.Error{Method: "CancelOperation", HTTP: 200, NoStatus: true, Status: lro.Status{Code: lro.CodeOutOfRange}}
	unsent := &lro.Error{Method: "CancelOperation", Unsent: true, Status: lro.Status{Code: lro.CodeUnavailable}}
	rows := map[string]struct {
		reason string
		before activities.Sent
		tries  []error
		want   activities.Sent
		result activities.CancelResult // "" for an attempt that failed
	}{
		"accepted":            {"at once", activities.SentNone, []error{nil}, activities.SentAccepted, activities.CancelDelivered},
		"accepted again":      {"a try that was not answered before it", activities.SentUnanswered, []error{lost, nil}, activities.SentAccepted, activities.CancelDelivered},
		"refused":             {"nothing was done", activities.SentNone, []error{answered(lro.CodePermissionDenied, 403)}, activities.SentRefused, activities.CancelRefused},
		"refused as done":     {"and nothing had been done", activities.SentNone, []error{answered(lro.CodeFailedPrecondition, 400)}, activities.SentRefused, activities.CancelRefused},
		"lost, then refused":  {"the first try may have been accepted", activities.SentNone, []error{lost, answered(lro.CodeFailedPrecondition, 400)}, activities.SentUnanswered, activities.CancelRefused},
		"down, then refused":  {"a 503 says nothing of what was done", activities.SentNone, []error{answered(lro.CodeUnavailable, 503), answered(lro.CodeFailedPrecondition, 400)}, activities.SentFailed, activities.CancelRefused},
		"quota, then refused": {"a quota error says that nothing was", activities.SentNone, []error{answered(lro.CodeResourceExhausted, 429), answered(lro.CodeFailedPrecondition, 400)}, activities.SentRefused, activities.CancelRefused},
		"unsupported":         {"nothing was done", activities.SentNone, []error{answered(lro.CodeUnimplemented, 501)}, activities.SentRefused, activities.CancelUnsupported},
		"an attempt before":   {"which died after it had recorded a cancel", activities.SentUnanswered, []error{answered(lro.CodeFailedPrecondition, 400)}, activities.SentUnanswered, activities.CancelRefused},
		"known to be":         {"it is not sent again", activities.SentAccepted, nil, activities.SentAccepted, activities.CancelDelivered},
		"down":                {"another attempt is to know", activities.SentNone, []error{answered(lro.CodeUnavailable, 503)}, activities.SentFailed, ""},
		"no reply":            {"another attempt is to know", activities.SentNone, []error{lost}, activities.SentUnanswered, ""},
		"a reply cut off":     {"a 200 whose body was lost", activities.SentNone, []error{answered(lro.CodeUnavailable, 200)}, activities.SentUnanswered, ""},
		"a reply too large":   {"a 200 that cannot be read: the operation's end tells", activities.SentNone, []error{tooLarge}, activities.SentUnanswered, activities.CancelRefused},
		"a front end's 401":   {"nobody's word: the next try may be accepted", activities.SentNone, []error{page(401)}, activities.SentRefused, ""},
		"a front end's 403":   {"nobody's word: the next try may be accepted", activities.SentNone, []error{page(403)}, activities.SentRefused, ""},
		"no connection":       {"nothing reached the service", activities.SentNone, []error{unsent}, activities.SentNone, ""},
		"another client's":    {"an error that says nothing", activities.SentNone, []error{errors.New("no")}, activities.SentUnanswered, ""},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{End: testsuite.RunForever()})
			env := newEnv()
			var recorded activities.Heartbeat
			env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
				if err := details.Get(&recorded); err != nil {
					t.Error(err)
				}
			})
			if row.before != activities.SentNone {
				env.SetHeartbeatDetails(activities.Heartbeat{Sent: row.before})
			}
			sent := 0
			client := &scriptedCancels{Client: s.service, errs: row.tries, before: func(lro.Ref) {
				sent++
				if recorded.Sent != activities.SentUnanswered {
					t.Errorf("%s: try %d is sent, and %q is recorded", row.reason, sent, recorded.Sent)
				}
			}}
			out, err := execute[activities.CancelOutput](env, activities.New(client, s.options), activities.CancelOperationName, activities.CancelInput{Ref: s.ref})
			if err != nil {
				var status lro.Status
				if err := applicationError(t, err).Details(&status, &out.Sent); err != nil {
					t.Error(err)
				}
			}
			if out.Sent != row.want || out.Result != row.result || sent != len(row.tries) {
				t.Errorf("%s: %q after %d tries, %q, %v, want %q, %q", row.reason, out.Sent, sent, out.Result, err, row.want, row.result)
			}
		})
	}
}

func TestSentText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]activities.Sent{
		`""`: activities.SentNone, `"refused"`: activities.SentRefused, `"failed"`: activities.SentFailed, `"unanswered"`: activities.SentUnanswered, `"accepted"`: activities.SentAccepted,
		`"of another release"`: activities.SentUnanswered,
	} {
		var got activities.Sent
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s reads as %q (%v)", text, got, err)
		}
		if again, err := json.Marshal(want); err != nil || text != `"of another release"` && string(again) != text {
			t.Errorf("%q is written as %s (%v), want %s", want, again, err, text)
		}
	}
}

// A worker that dies in the middle of a set's cancels leaves behind which may have been
// accepted: what they ended is told as theirs, and what ended by itself is not.
func TestCancelSetResumes(t *testing.T) {
	t.Parallel()
	const n = 20
	s := newSetup(t, testsuite.Script{})
	refs := s.fleet(t, n, oneInstance, func(i int) testsuite.Script {
		if i == 0 {
			return testsuite.Script{RunsFor: time.Second}
		}
		return testsuite.Script{End: testsuite.RunForever()}
	})
	s.clock.Advance(2 * time.Second) // the first ends before any cancel
	set, _ := activities.NewSet(refs)
	first := newEnv()
	var recorded activities.CancelSetHeartbeat
	first.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		if err := details.Get(&recorded); err != nil {
			t.Error(err)
		}
	})
	index := map[lro.Ref]int{}
	for i, ref := range refs {
		index[ref] = i
	}
	client := &scriptedCancels{Client: s.service, errs: []error{nil}, before: func(ref lro.Ref) {
		if i := index[ref]; recorded.SentOf(i) != activities.SentUnanswered {
			t.Errorf("the cancel of %d is sent, and %q is recorded", i, recorded.SentOf(i))
		}
		if err := s.service.CancelOperation(t.Context(), ref); err != nil {
			t.Error(err)
		}
	}}
	in := activities.CancelSetInput{Operations: set}
	out, err := execute[activities.CancelSetOutput](first, activities.New(client, s.options), activities.CancelOperationsName, in)
	if err != nil || out.Result(0) != activities.CancelEnded || out.SentOf(0) != activities.SentNone || out.Result(1) != activities.CancelDelivered || out.SentOf(1) != activities.SentAccepted {
		t.Fatalf("%+v, %v", out, err)
	}

	// That result never arrived.
	second := newEnv()
	second.SetHeartbeatDetails(recorded)
	s.service.ForgetCalls()
	out, err = execute[activities.CancelSetOutput](second, s.activities(), activities.CancelOperationsName, in)
	if err != nil {
		t.Fatal(err)
	}
	for i := range refs {
		want := activities.SentUnanswered
		if i == 0 {
			want = activities.SentNone
		}
		if out.Result(i) != activities.CancelEnded || out.SentOf(i) != want {
			t.Errorf("%d: %s, %q, want ended, %q", i, out.Result(i), out.SentOf(i), want)
		}
	}

	// What is known to have been accepted is not sent again, nor read.
	accepted := activities.CancelSetHeartbeat{Total: n, Sent: bytes.Repeat([]byte{4 + 5*4 + 25*4}, n/3+1)}
	third := newEnv()
	third.SetHeartbeatDetails(accepted)
	s.service.ForgetCalls()
	out, err = execute[activities.CancelSetOutput](third, s.activities(), activities.CancelOperationsName, in)
	if err != nil || out.Result(n-1) != activities.CancelDelivered || s.service.Count() != 0 {
		t.Errorf("%+v, %v, after %v", out, err, s.service.Calls())
	}
}

// The record of a set's cancels that does not decode says nothing, so all may have been
// sent.
func TestCancelSetUndecodedRecord(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	set, _ := activities.NewSet([]lro.Ref{s.ref})
	env := newEnv()
	env.SetHeartbeatDetails("of another release")
	out, err := execute[activities.CancelSetOutput](env, s.activities(), activities.CancelOperationsName, activities.CancelSetInput{Operations: set})
	if err != nil || out.Result(0) != activities.CancelEnded || out.SentOf(0) != activities.SentUnanswered {
		t.Errorf("%+v, %v", out, err)
	}
}

// What another release does not say is not told as "none was sent".
func TestCancelSetOutputOfOthers(t *testing.T) {
	t.Parallel()
	out := activities.CancelSetOutput{Results: "de?", Sent: "4?"}
	type told struct {
		Result activities.CancelResult
		Sent   activities.Sent
	}
	var got []told
	for i := range 4 {
		got = append(got, told{out.Result(i), out.SentOf(i)})
	}
	want := []told{
		{activities.CancelDelivered, activities.SentAccepted}, {activities.CancelEnded, activities.SentUnanswered},
		{activities.CancelRefused, activities.SentUnanswered}, {activities.CancelRefused, activities.SentUnanswered},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
