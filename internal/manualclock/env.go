package manualclock

import "time"

// Idle is the real time without a call after which a clock of [ForEnv] jumps. It
// is far above the time of an in-memory poll (some microseconds), and lets some
// hundreds of polls pass within the 3 s that the test environment gives a test.
// SetTestTimeout of the environment gives more, for a busy machine.
const Idle = 2 * time.Millisecond

// ForEnv returns a clock that follows now, the Now of Temporal's test environment
// (go.temporal.io/sdk/testsuite.TestWorkflowEnvironment), for the activities and
// the service of a workflow test.
//
// The environment skips its timers, but stands still while an activity runs. So an
// activity that sleeps between polls would sleep in real time. On this clock it
// does not: after [Idle] without a call, the clock jumps to the next wake-up, and
// from then on is that much ahead of now. Deadlines and delayed callbacks of the
// environment do not follow the jump: a test that has any gives the activities
// MaxHeld: activities.NeverHold. Then the environment skips the time between polls.
//
// now must not call the clock, and must be safe for concurrent use, as the
// environment's is.
func ForEnv(now func() time.Time) *Clock {
	clock := follow(now)
	clock.AdvanceWhenIdle(Idle)
	return clock
}
