package manualclock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/poller"
)

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestClocksSleep(t *testing.T) {
	t.Parallel()
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	auto := manualclock.New(epoch)
	auto.AutoAdvance()
	clocks := map[string]poller.Clock{"system": poller.SystemClock(), "manual": auto}
	rows := []struct {
		name, reason string
		ctx          context.Context
		sleep        time.Duration
		want         error
	}{
		{"elapses", "a sleep ends", context.Background(), time.Millisecond, nil},
		{"zero", "0 is no wait", context.Background(), 0, nil},
		{"negative", "less than 0 is no wait", context.Background(), -time.Hour, nil},
		{"canceled", "a context that is done wins", canceled, time.Hour, context.Canceled},
		{"canceled, zero", "even where there is nothing to wait for", canceled, 0, context.Canceled},
	}
	for kind, clock := range clocks {
		for _, row := range rows {
			t.Run(kind+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				before := clock.Now()
				if err := clock.Sleep(row.ctx, row.sleep); !errors.Is(err, row.want) {
					t.Fatalf("Sleep = %v, want %v (%s)", err, row.want, row.reason)
				}
				if slept := clock.Now().Sub(before); row.want == nil && slept < row.sleep {
					t.Errorf("slept %v of %v (%s)", slept, row.sleep, row.reason)
				}
			})
		}
	}
}

func TestSystemClockSleepIsCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := poller.SystemClock().Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Sleep = %v, want the context's error", err)
	}
}

// sleep starts a Sleep and returns where its error will come.
func sleep(ctx context.Context, clock *manualclock.Clock, d time.Duration) <-chan error {
	done := make(chan error, 1)
	go func() { done <- clock.Sleep(ctx, d) }()
	return done
}

func TestManualClockAdvance(t *testing.T) {
	t.Parallel()
	clock := manualclock.New(epoch)
	short, long := sleep(t.Context(), clock, time.Second), sleep(t.Context(), clock, time.Hour)
	if err := clock.BlockUntil(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Second)
	if err := <-short; err != nil {
		t.Errorf("the short sleep ended with %v", err)
	}
	if got := clock.Sleepers(); got != 1 {
		t.Errorf("%d sleepers are left, want the long one", got)
	}
	clock.Advance(-time.Hour)
	if got := clock.Now(); !got.Equal(epoch.Add(time.Second)) {
		t.Errorf("a negative advance moved the clock to %v", got)
	}
	clock.Advance(time.Hour)
	if err := <-long; err != nil {
		t.Errorf("the long sleep ended with %v", err)
	}
}

func TestManualClockForgetsCanceledSleepers(t *testing.T) {
	t.Parallel()
	clock := manualclock.New(epoch)
	ctx, cancel := context.WithCancel(t.Context())
	done := sleep(ctx, clock, time.Hour)
	if err := clock.BlockUntil(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Sleep = %v, want context.Canceled", err)
	}
	if got := clock.Sleepers(); got != 0 {
		t.Errorf("%d sleepers are left, want none", got)
	}
	if err := clock.BlockUntil(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("BlockUntil = %v, want context.Canceled", err)
	}
}

// Two goroutines that joined sleep at the same time, not one after the other.
func TestAutoAdvanceWaitsForEverybody(t *testing.T) {
	t.Parallel()
	clock := manualclock.New(epoch)
	clock.AutoAdvance()
	done := make(chan time.Duration)
	leaves := []func(){clock.Join(), clock.Join()} // both, before the first sleeps
	for i, step := range []time.Duration{time.Minute, 20 * time.Minute} {
		go func() {
			defer leaves[i]()
			for slept := time.Duration(0); slept < time.Hour; slept += step {
				if err := clock.Sleep(context.Background(), step); err != nil {
					t.Error(err)
				}
			}
			done <- clock.Now().Sub(epoch)
		}()
	}
	for range 2 {
		if got := <-done; got != time.Hour {
			t.Errorf("an hour of sleeps ended after %v", got)
		}
	}
}

func TestAutoAdvanceWakesWhoSleepsAlready(t *testing.T) {
	t.Parallel()
	clock := manualclock.New(epoch)
	done := sleep(t.Context(), clock, time.Hour)
	if err := clock.BlockUntil(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	clock.AutoAdvance()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAdvanceWhenIdle(t *testing.T) {
	t.Parallel()
	clock := manualclock.New(epoch)
	clock.AdvanceWhenIdle(time.Millisecond)
	for _, err := range []error{
		<-sleep(t.Context(), clock, time.Hour),
		<-sleep(t.Context(), clock, time.Hour),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := clock.Now().Sub(epoch); got != 2*time.Hour {
		t.Errorf("two sleeps of an hour took %v", got)
	}
	clock.AdvanceWhenIdle(0)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := clock.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Sleep = %v on a clock that stands still again", err)
	}
}

func TestEnvClockFollowsNowAndRunsAhead(t *testing.T) {
	t.Parallel()
	env := manualclock.New(epoch)
	clock := manualclock.ForEnv(env.Now)
	env.Advance(time.Minute)
	if got := clock.Now(); !got.Equal(epoch.Add(time.Minute)) {
		t.Errorf("Now = %v, want the environment's", got)
	}
	if err := clock.Sleep(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	env.Advance(time.Minute)
	if got := clock.Now().Sub(epoch); got != time.Hour+2*time.Minute {
		t.Errorf("%v have passed, want the sleep and both minutes", got)
	}
}
