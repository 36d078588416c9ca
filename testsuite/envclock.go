package testsuite

import "time"

// EnvIdle is the real time without a call after which an [EnvClock] jumps. It
// is far above what an in-memory poll takes (some microseconds), and lets some
// hundreds of polls pass within the 3 s that the test environment gives a test:
// its SetTestTimeout gives more, which a busy machine needs.
const EnvIdle = 2 * time.Millisecond

// EnvClock returns a clock that follows now, the Now of Temporal's test
// environment (go.temporal.io/sdk/testsuite.TestWorkflowEnvironment), for the
// activities and the [Service] of a workflow test:
//
//	clock := testsuite.EnvClock(env.Now)
//
// The environment skips its timers, but stands still while an activity runs. An
// activity that sleeps between polls would therefore sleep in real time. On
// this clock it does not: once all is idle for [EnvIdle], the clock jumps to
// the next wake-up and from then on is that much ahead of now. Change when with
// [ManualClock.AdvanceWhenIdle]. What the environment times itself, deadlines
// and delayed callbacks among it, does not follow: a test that has any gives the
// activities MaxHeld: activities.NeverHold. Then the environment skips the time
// between polls, too.
//
// now must not call the clock, and must be safe for concurrent use, as the
// environment's is.
func EnvClock(now func() time.Time) *ManualClock {
	clock := newClock(now)
	clock.AdvanceWhenIdle(EnvIdle)
	return clock
}
