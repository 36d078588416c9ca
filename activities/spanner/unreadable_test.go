package spanner_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// oversized passes requests on, and declares the replies to writes, which were carried
// out, larger than a client reads; those to reads as well, once blind.
type oversized struct{ blind bool }

func (o oversized) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && response.StatusCode == http.StatusOK && (o.blind || r.Method != http.MethodGet) {
		response.ContentLength = 1 << 40
	}
	return response, err
}

// A start that was carried out, and whose reply is too large, is found and adopted: one
// is started, for every starter.
func TestStartThatIsTooLarge(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBenchOver(t, oversized{}, poller.SystemClock()).stage(s)
			b.service.Plan(s.method, testsuite.Script{RunsFor: time.Hour})
			out, err := b.attempts().start(s)
			if own := b.started(s); err != nil || len(own) != 1 || out.Ref != own[0] || !out.Adopted {
				t.Errorf("found %s, adopted %t (%v); the server has %v", out.Ref, out.Adopted, err, own)
			}
		})
	}
}

// What cannot be looked for before the call is not started; what cannot be looked for
// after it may run.
func TestStartAmongTooLarge(t *testing.T) {
	t.Parallel()
	s := allStarters()[0]
	b := newBenchOver(t, oversized{blind: true}, poller.SystemClock())
	b.put(s.target)
	_, err := b.attempts().start(s)
	if f := testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeOutOfRange); f.MayRun {
		t.Errorf("%v says that it may run", err)
	}
	b.service.AssertCalls(t, s.method, 0)
	in := s.input()
	in.Known = &starters.Known{At: time.Now()} // an attempt before called
	err = b.attempts().run(s.activity, in, &starters.StartOutput{})
	if f := testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeOutOfRange); !f.MayRun {
		t.Errorf("%v says that nothing was started", err)
	}
}

// A delete that was carried out, and whose reply is too large, finds nothing when it is
// sent again.
func TestRemoveThatIsTooLarge(t *testing.T) {
	t.Parallel()
	for _, r := range removals() {
		t.Run(r.remove, func(t *testing.T) {
			t.Parallel()
			b := newBenchOver(t, oversized{}, poller.SystemClock())
			b.put(r.target)
			var out starters.RemoveOutput
			err := b.attempts().run(r.remove, starters.RemoveInput{Target: r.target}, &out)
			if err != nil || out.Result != starters.RemoveAbsent || b.service.Exists(r.target) {
				t.Errorf("%q (%v), and it is there: %t", out.Result, err, b.service.Exists(r.target))
			}
		})
	}
}
