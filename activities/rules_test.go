package activities

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/poller"
)

// When the read comes that follows an answer, and whether it is the last.
func TestAfterAnswer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const interval = 10 * time.Second
	rows := []struct {
		reason   string
		left     time.Duration // until the deadline; 0 for none
		answered error
		wait     time.Duration
		last     bool
		over     bool
	}{
		{reason: "no deadline", wait: interval},
		{reason: "far from it", left: time.Minute, wait: interval},
		{reason: "the next is the last, a second before it", left: 8 * time.Second, wait: 8*time.Second - lastPollLead, last: true},
		{reason: "this was the last", left: lastPollLead, last: true, over: true},
		{reason: "this one failed, and was the last", left: lastPollLead, answered: errLate, last: true, over: true},
		{reason: "this one was deferred: the last is still to be made", left: lastPollLead, answered: poller.ErrDeferred, last: true},
		{reason: "it was deferred until past the deadline", left: -time.Second, answered: poller.ErrDeferred, last: true},
		{reason: "deferred in time", left: time.Minute, answered: poller.ErrDeferred, wait: interval},
	}
	for _, row := range rows {
		r := rules{}
		if row.left != 0 {
			r.deadline = now.Add(row.left)
		}
		wait, last, over := r.afterAnswer(row.answered, interval, now)
		if over {
			wait = 0 // of no read
		}
		if wait != row.wait || last != row.last || over != row.over {
			t.Errorf("%s: in %v, last %t, over %t, want %v, %t, %t", row.reason, wait, last, over, row.wait, row.last, row.over)
		}
	}
}
