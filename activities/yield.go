package activities

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// YieldType is the ApplicationError type with which a PollOperation hands its
// wait back to the Temporal server. It is no failure: the server tries again
// after its NextRetryDelay, and its message is what the Web UI shows of the
// wait meanwhile.
const YieldType = "StillRunning"

// minimumRetryDelay is the shortest NextRetryDelay the server keeps to.
const minimumRetryDelay = time.Second

// yield hands the wait back to the server for the given time. The error must
// not be wrapped: the SDK finds its benign category by a type assertion.
func (w *watch) yield(wait time.Duration) error { return nextPoll(w.beat.Status, wait) }

// noPlace hands back a wait that finds no place to wait for the budget in. It costs the
// server as much as a read: so it is tried again when the next read would be due.
func noPlace(wait time.Duration) error { return nextPoll("waiting for a place to poll from", wait) }

func nextPoll(status string, wait time.Duration) error {
	wait = min(max(wait, minimumRetryDelay), lro.MaxDuration) // intervals have no limit, a server's times do
	return handBack(fmt.Sprintf("%s, next poll in %.0fs", status, wait.Seconds()), wait)
}

func handBack(status string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(status, YieldType, temporal.ApplicationErrorOptions{
		Category:       temporal.ApplicationErrorCategoryBenign,
		NextRetryDelay: wait,
	})
}

func isHandBack(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == YieldType
}

// runningStatus is a progress in words, such as "running, 40%".
func runningStatus(p lro.Progress) string {
	status := "running"
	if p.Known {
		status += fmt.Sprintf(", %d%%", p.Percent)
	}
	if p.Statements > 0 {
		status += fmt.Sprintf(", %d of %d statements", p.Committed, p.Statements)
	}
	if p.Throttled {
		status += ", throttled"
	}
	return status
}

// notBefore is until when a failed read asks to wait, zero if it does not.
func notBefore(err error, now time.Time) time.Time {
	if advice := lro.RetryAfter(err); advice > 0 {
		return now.Add(advice).UTC()
	}
	return time.Time{}
}
