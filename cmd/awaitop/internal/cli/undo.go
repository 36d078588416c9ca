package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
)

// undoText says on one line what is undone, why that fails, and until when it is tried, such as
// "undoing CreateInstance projects/p/instances/i: PERMISSION_DENIED (try 4), until 14:57".
func undoText(u control.Undo) string {
	text := "undoing " + undoName(u)
	switch {
	case u.LastFailure != "":
		text += fmt.Sprintf(": %s (try %d)", cmp.Or(u.Code, u.LastFailure), u.Attempt)
	case waitlist.UndoUnserved(u, time.Now()):
		text += ": no worker"
	}
	if !u.Deadline.IsZero() {
		text += ", until " + clock(u.Deadline, time.Now())
	}
	return text
}

// undoName names the step and its resource, which the default name of a step ends with.
func undoName(u control.Undo) string {
	if strings.Contains(u.Step, u.Resource) {
		return u.Step
	}
	return u.Step + " (" + u.Resource + ")"
}

// retryText says on one line which activity is tried again, and why, such as
// "retrying DeleteRecord: no route to host (try 4)".
func retryText(r control.Retry) string {
	return fmt.Sprintf("retrying %s: %s (try %d)", r.ActivityType, cmp.Or(r.Code, r.LastFailure), r.Attempt)
}

// clock is a time of this day as 14:57, and of another day with its date.
func clock(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// undo prints an undo under way.
func (r rows) undo(u control.Undo) {
	r.line("undo", "%s", strings.TrimPrefix(undoText(u), "undoing "))
	r.line("resource", "%s", u.Resource)
	trouble := u.LastFailure
	if trouble == "" && waitlist.UndoUnserved(u, time.Now()) {
		trouble = waitlist.UnservedTrouble(u) + ", for " + since(u.WorkerAwaitedSince)
	}
	r.attempt(control.Retry{ActivityType: u.ActivityType, Attempt: u.Attempt, LastFailure: trouble, NextAttempt: u.NextAttempt, Worker: u.Worker})
	r.line("since", "%s", timeText(u.StartTime))
	r.line("deadline", "%s", timeText(u.Deadline))
}

// retry prints an activity that is tried again.
func (r rows) retry(a control.Retry) {
	r.line("retry", "%s", strings.TrimPrefix(retryText(a), "retrying "))
	r.attempt(a)
}

// attempt prints how an activity fares.
func (r rows) attempt(a control.Retry) {
	r.line("activity", "%s", a.ActivityType)
	r.line("trouble", "%s", a.LastFailure)
	switch {
	case a.Attempt == 0: // no activity tells of it
	case a.NextAttempt.IsZero():
		r.line("attempt", "%d", a.Attempt)
	default:
		r.line("attempt", "%d, the next %s", a.Attempt, until(a.NextAttempt))
	}
	r.line("worker", "%s", a.Worker)
}

// details prints the current details of a workflow without their Markdown, but for the undos that have rows of their own.
func (r rows) details(s *control.Status) {
	name := "details"
	for line := range strings.Lines(s.Details) {
		line = unmarked(line)
		if line == "" || hasRows(s, line) {
			continue
		}
		r.line(name, "%s", line)
		name = " "
	}
}

// unmarked is a line of Markdown as text.
func unmarked(line string) string {
	return strings.TrimSpace(strings.NewReplacer("**", "", "`", "").Replace(line))
}

// hasRows reports whether a line of the details is about an undo that has rows of its own.
func hasRows(s *control.Status, line string) bool {
	for _, u := range s.Undos {
		if strings.HasPrefix(line, "undoing "+unmarked(undoName(u))+", until ") {
			return true
		}
	}
	return false
}
