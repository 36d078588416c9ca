package activities_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// A poll that takes the place of another knows what that has seen: a 404 is the
// operation's end then. One that does not take it has its own grace.
func TestSupersedesSeen(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason     string
		supersedes bool
		want       lro.FailureType
	}{
		"supersedes": {"it was seen", true, lro.TypeOperationGone},
		"does not":   {"nobody says that it was", false, lro.TypePollFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{RunsFor: 10 * time.Second, ExpiresAfter: time.Second})
			second := s.input()
			second.Supersedes = tt.supersedes
			asleep, done := make(chan struct{}), make(chan struct{})
			sleeps := atomic.Int32{}
			s.options.Clock = hookedClock{s.clock, func(ctx context.Context, d time.Duration) error {
				if sleeps.Add(1) == 1 { // the first poll, which has read
					close(asleep)
					<-done
					return ctx.Err()
				}
				return s.clock.Sleep(ctx, d)
			}}
			a := s.activities()
			var first sync.WaitGroup
			first.Go(func() { _, _ = poll(a, s.input()) })
			<-asleep
			s.clock.Advance(time.Hour) // the record has expired
			_, err := poll(a, second)
			close(done)
			first.Wait()
			if failure, ok := lro.AsFailure(err); !ok || failure.Type != tt.want {
				t.Errorf("%s: %v, want %s", tt.reason, err, tt.want)
			}
		})
	}
}

// A poll comes back to report at a read that it makes anyway, and the next one goes on
// when that would have read again.
func TestPollReports(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{RunsFor: 100 * time.Second, Metadata: testsuite.NoMetadata()})
	in := s.input()
	in.Policy = lro.PollPolicy{InitialInterval: 10 * time.Second, Coefficient: 1}
	in.ReportTime = start.Add(25 * time.Second)
	out, err := poll(s.activities(), in)
	if err != nil {
		t.Fatal(err)
	}
	if out.Operation.Done || out.Expired || !out.Seen || out.Polls != 4 {
		t.Errorf("%+v, want a running operation after the reads at 0, 10, 20 and 30 s", out)
	}
	observed := poller.ObservationOf(out.Operation)
	in.Observed, in.ObservedTime, in.ReportTime, in.Seen = &observed, s.clock.Now(), time.Time{}, true
	if out, err = poll(s.activities(), in); err != nil || out.Operation.State() != lro.StateSucceeded {
		t.Fatalf("%v, %+v", err, out)
	}
	for i, gap := range s.gaps() {
		if gap != 10*time.Second {
			t.Errorf("gap %d is %v, want 10 s: the report changes nothing", i, gap)
		}
	}
}
