package activities_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/internal/sets"
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
		before cancels.Sent
		tries  []error
		want   cancels.Sent
		result cancels.Result // "" for an attempt that failed
	}{
		"accepted":            {"at once", cancels.SentNone, []error{nil}, cancels.SentAccepted, cancels.Delivered},
		"accepted again":      {"a try that was not answered before it", cancels.SentUnanswered, []error{lost, nil}, cancels.SentAccepted, cancels.Delivered},
		"refused":             {"nothing was done", cancels.SentNone, []error{answered(lro.CodePermissionDenied, 403)}, cancels.SentRefused, cancels.Refused},
		"refused as done":     {"and nothing had been done", cancels.SentNone, []error{answered(lro.CodeFailedPrecondition, 400)}, cancels.SentRefused, cancels.Refused},
		"lost, then refused":  {"the first try may have been accepted", cancels.SentNone, []error{lost, answered(lro.CodeFailedPrecondition, 400)}, cancels.SentUnanswered, cancels.Refused},
		"down, then refused":  {"a 503 says nothing of what was done", cancels.SentNone, []error{answered(lro.CodeUnavailable, 503), answered(lro.CodeFailedPrecondition, 400)}, cancels.SentFailed, cancels.Refused},
		"quota, then refused": {"a quota error says that nothing was", cancels.SentNone, []error{answered(lro.CodeResourceExhausted, 429), answered(lro.CodeFailedPrecondition, 400)}, cancels.SentRefused, cancels.Refused},
		"unsupported":         {"nothing was done", cancels.SentNone, []error{answered(lro.CodeUnimplemented, 501)}, cancels.SentRefused, cancels.Unsupported},
		"an attempt before":   {"which died after it had recorded a cancel", cancels.SentUnanswered, []error{answered(lro.CodeFailedPrecondition, 400)}, cancels.SentUnanswered, cancels.Refused},
		"known to be":         {"it is not sent again", cancels.SentAccepted, nil, cancels.SentAccepted, cancels.Delivered},
		"down":                {"another attempt is to know", cancels.SentNone, []error{answered(lro.CodeUnavailable, 503)}, cancels.SentFailed, ""},
		"no reply":            {"another attempt is to know", cancels.SentNone, []error{lost}, cancels.SentUnanswered, ""},
		"a reply cut off":     {"a 200 whose body was lost", cancels.SentNone, []error{answered(lro.CodeUnavailable, 200)}, cancels.SentUnanswered, ""},
		"a reply too large":   {"a 200 that cannot be read: the operation's end tells", cancels.SentNone, []error{tooLarge}, cancels.SentUnanswered, cancels.Refused},
		"a front end's 401":   {"nobody's word: the next try may be accepted", cancels.SentNone, []error{page(401)}, cancels.SentRefused, ""},
		"a front end's 403":   {"nobody's word: the next try may be accepted", cancels.SentNone, []error{page(403)}, cancels.SentRefused, ""},
		"no connection":       {"nothing reached the service", cancels.SentNone, []error{unsent}, cancels.SentNone, ""},
		"another client's":    {"an error that says nothing", cancels.SentNone, []error{errors.New("no")}, cancels.SentUnanswered, ""},
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
			if row.before != cancels.SentNone {
				env.SetHeartbeatDetails(activities.Heartbeat{Sent: row.before})
			}
			sent := 0
			client := &scriptedCancels{Client: s.service, errs: row.tries, before: func(lro.Ref) {
				sent++
				if recorded.Sent != cancels.SentUnanswered {
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
	set, _ := sets.New(refs)
	first := newEnv()
	var recorded sets.CancelHeartbeat
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
		if i := index[ref]; recorded.SentOf(i) != cancels.SentUnanswered {
			t.Errorf("the cancel of %d is sent, and %q is recorded", i, recorded.SentOf(i))
		}
		if err := s.service.CancelOperation(t.Context(), ref); err != nil {
			t.Error(err)
		}
	}}
	in := sets.CancelInput{Operations: set}
	out, err := execute[sets.CancelOutput](first, activities.New(client, s.options), activities.CancelOperationsName, in)
	if err != nil || out.Result(0) != cancels.Ended || out.SentOf(0) != cancels.SentNone || out.Result(1) != cancels.Delivered || out.SentOf(1) != cancels.SentAccepted {
		t.Fatalf("%+v, %v", out, err)
	}

	// That result never arrived.
	second := newEnv()
	second.SetHeartbeatDetails(recorded)
	s.service.ForgetCalls()
	out, err = execute[sets.CancelOutput](second, s.activities(), activities.CancelOperationsName, in)
	if err != nil {
		t.Fatal(err)
	}
	for i := range refs {
		want := cancels.SentUnanswered
		if i == 0 {
			want = cancels.SentNone
		}
		if out.Result(i) != cancels.Ended || out.SentOf(i) != want {
			t.Errorf("%d: %s, %q, want ended, %q", i, out.Result(i), out.SentOf(i), want)
		}
	}

	// What is known to have been accepted is not sent again, nor read.
	accepted := sets.CancelHeartbeat{Total: n, Sent: bytes.Repeat([]byte{4 + 5*4 + 25*4}, n/3+1)}
	third := newEnv()
	third.SetHeartbeatDetails(accepted)
	s.service.ForgetCalls()
	out, err = execute[sets.CancelOutput](third, s.activities(), activities.CancelOperationsName, in)
	if err != nil || out.Result(n-1) != cancels.Delivered || s.service.Count() != 0 {
		t.Errorf("%+v, %v, after %v", out, err, s.service.Calls())
	}
}

// The record of a set's cancels that does not decode says nothing, so all may have been
// sent.
func TestCancelSetUndecodedRecord(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{})
	set, _ := sets.New([]lro.Ref{s.ref})
	env := newEnv()
	env.SetHeartbeatDetails("of another release")
	out, err := execute[sets.CancelOutput](env, s.activities(), activities.CancelOperationsName, sets.CancelInput{Operations: set})
	if err != nil || out.Result(0) != cancels.Ended || out.SentOf(0) != cancels.SentUnanswered {
		t.Errorf("%+v, %v", out, err)
	}
}
