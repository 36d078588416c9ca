package testsuite_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// At one minute the operation ends; what is read, and how, decides when a
// client knows.
func TestEndTimes(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	runs := testsuite.Script{RunsFor: minute}
	rows := []struct {
		name, reason string
		script       testsuite.Script
		faults       []testsuite.Fault
		steps        string
		ended, told  time.Duration // since the start; negative: not yet
	}{
		{"nobody asks", "it ends all the same", runs, nil, "2m", minute, -1},
		{"running", "that it runs is no end", runs, nil, "30s get list", -1, -1},
		{"by Get", "the first that finds it done", runs, nil, "get 90s get 1m get", minute, 90 * time.Second},
		{"by List", "a page tells as well", runs, nil, "list 2m list get", minute, 2 * minute},
		{"by the first of both", "whoever comes first", runs, nil, "2m get 1m list", minute, 2 * minute},
		{"failed", "an end in error is an end", testsuite.Script{RunsFor: minute, End: testsuite.Fail(lro.CodeAborted, "no")}, nil, "2m get", minute, 2 * minute},
		{"canceled", "so is a cancel's, and its reply does not say so", testsuite.Script{End: testsuite.RunForever()}, nil, "1m cancel 1m get", minute, 2 * minute},
		{"counts polls", "the read that ends it tells", testsuite.Script{Polls: 1}, nil, "get 1m get", minute, minute},
		{"vanished", "a 404 is no news of an end", testsuite.Script{RunsFor: minute, End: testsuite.Vanish()}, nil, "2m get", minute, -1},
		{"refused", "an error tells nothing", runs, []testsuite.Fault{testsuite.Unavailable().Calls(1, 1)}, "2m get 1m get", minute, 3 * minute},
		{"lost", "who lost the reply does not know", runs, []testsuite.Fault{testsuite.LostReply().Calls(1, 1)}, "2m get 1m get", minute, 3 * minute},
		{"cut off", "nor who got half of it", runs, []testsuite.Fault{testsuite.CutReply().Calls(1, 1)}, "2m list 1m list", minute, 3 * minute},
		{"garbled", "nor who got something else", runs, []testsuite.Fault{testsuite.HTMLPage(200).Calls(1, 1)}, "2m get 1m get", minute, 3 * minute},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, row.script, testsuite.Options{Faults: row.faults})
			s.play(row.steps)
			calls := s.service.Count()
			ended, told, ok := s.service.EndTimes(s.ref)
			if got := sinceEpoch(ended); got != row.ended {
				t.Errorf("%s: ended after %v, want %v", row.reason, got, row.ended)
			}
			if got := sinceEpoch(told); got != row.told || ok != (row.told >= 0) {
				t.Errorf("%s: told after %v, %t, want %v", row.reason, got, ok, row.told)
			}
			if s.service.Count() != calls {
				t.Error("EndTimes counts as a call")
			}
		})
	}
}

// sinceEpoch is negative for the zero time.
func sinceEpoch(at time.Time) time.Duration {
	if at.IsZero() {
		return -1
	}
	return at.Sub(epoch)
}

func TestEndTimesOfNone(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{}, testsuite.Options{})
	s.play("get")
	for _, ref := range []lro.Ref{{Service: lro.SpannerService, Name: opName + "2"}, {Service: "other.googleapis.com", Name: opName}} {
		if ended, told, ok := s.service.EndTimes(ref); ok || !ended.IsZero() || !told.IsZero() {
			t.Errorf("%s: ended %v, told %v, %t", ref, ended, told, ok)
		}
	}
}

// A reply is sent when a slow service has answered, not when it was asked.
func TestEndTimesAfterTheDelay(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{RunsFor: time.Minute}, testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(5 * time.Minute)}})
	s.clock.AutoAdvance()
	s.play("get")
	if ended, told, ok := s.service.EndTimes(s.ref); !ok || sinceEpoch(ended) != time.Minute || sinceEpoch(told) != 5*time.Minute {
		t.Errorf("ended %v, told %v, %t", sinceEpoch(ended), sinceEpoch(told), ok)
	}
}

// What is done at once was told by its start.
func TestEndTimesByTheStart(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{})
	s.do("POST", "projects/p/instances", `{"instanceId":"i"}`)
	if _, _, ok := s.service.EndTimes(s.service.Refs()[0]); !ok {
		t.Error("the reply to the start does not count")
	}
}
