package poller

import "time"

// Priority says which of a process's requests goes first if the budget does not suffice for all.
// Lower goes first.
type Priority int8

// The priorities, in their order.
const (
	// PriorityCancel is for cancels, and for deletes of resources that bill.
	PriorityCancel Priority = iota
	// PriorityStart is for starters, and for the reads by which they adopt.
	PriorityStart
	// PriorityNow is for requests of a user: a poll now, a list.
	PriorityNow
	// PriorityLast is for the last read before a deadline.
	PriorityLast
	// PriorityPoll is for polls by schedule.
	PriorityPoll
)

// urgency orders requests.
type urgency struct {
	priority Priority
	// hangs is how many reads in a row of a poll's operation have hung; 0 for others.
	hangs int16
	due   time.Time // the earlier goes first
}

// urgent reports whether the request needs no place among those under way: a cancel or a start.
func (u urgency) urgent() bool { return u.priority <= PriorityStart }

// before reports whether a request goes before another.
func (u urgency) before(other urgency) bool {
	if u.priority != other.priority {
		return u.priority < other.priority
	}
	return u.due.Before(other.due)
}
