package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

// operationText is the state of an operation in words.
func operationText(op lro.Operation) string {
	progress := lro.ProgressOf(op.Metadata)
	switch state := op.State(); {
	case state == lro.StateRunning && progress.Known:
		return fmt.Sprintf("running, %d%%", progress.Percent)
	case op.Error != nil:
		return fmt.Sprintf("%s: %s", state, op.Error)
	default:
		return string(state)
	}
}

// stateText is the phase and the mode of a wait.
func stateText(w control.Wait) string { return fmt.Sprintf("%s, %s", w.Phase, w.Mode) }

// percentText is the progress of a wait, "-" if it is unknown.
func percentText(w control.Wait) string {
	percent, known := w.Percent()
	switch {
	case w.Set != nil && known:
		return fmt.Sprintf("%d of %d", w.Set.Ended, w.Set.Total)
	case known:
		return fmt.Sprintf("%d%%", percent)
	default:
		return "-"
	}
}

// since is the duration since a time, "-" for the zero time.
func since(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return short(time.Since(at))
}

// until says when a time comes or, if it was due, since when; "-" for the zero time.
func until(at time.Time) string { return cmp.Or(waitlist.Next(at, time.Now()), "-") }

// short is a duration in its two largest units.
func short(d time.Duration) string { return waitlist.Duration(d) }

// awaitedText is the operation or the set that a wait is for.
func awaitedText(w control.Wait) string {
	switch {
	case w.Set != nil:
		return cmp.Or(w.Set.In, "a set") + " (set)"
	case w.Ref.IsZero():
		return "not reported yet"
	default:
		return w.Ref.String()
	}
}

// workerMissing reports whether a workflow has waited for a worker for a while, or its tasks fail.
func workerMissing(s *control.Status) bool { return waitlist.WorkerMissing(s, time.Now()) }

func workerMissingText(s *control.Status) string {
	if s.TaskFailures > 0 {
		return waitlist.TaskTrouble(s)
	}
	return fmt.Sprintf("no worker has taken it from task queue %s for %s", s.TaskQueue, since(s.WorkerAwaitedSince))
}

// pollsText is the number of reads. A held wait reads between two heartbeats as well, so it says how old the number is.
func pollsText(w control.Wait) string {
	switch {
	case w.Mode != control.ModeHeld:
		return fmt.Sprint(w.Polls)
	case w.Reported.IsZero():
		return "not reported yet"
	default:
		return fmt.Sprintf("%d, as of %s ago", w.Polls, since(w.Reported))
	}
}

// nextPollText is the time to the next read. If it was due when the wait reported, the read may have been made.
func nextPollText(w control.Wait) string {
	if w.Mode == control.ModeHeld && !w.NextPoll.IsZero() && time.Until(w.NextPoll) < 0 {
		return fmt.Sprintf("was due %s ago", since(w.NextPoll))
	}
	return until(w.NextPoll)
}

// messageText is the message of a wait, and its trouble.
func messageText(w control.Wait) string {
	trouble := errorText(w)
	switch {
	case trouble == "":
		return w.Message
	case w.Message == "", w.LastError != nil && w.Message == w.LastError.Code.String():
		return trouble
	default:
		return w.Message + "; " + trouble
	}
}

// errorText is the trouble of a wait, "" for none.
func errorText(w control.Wait) string {
	switch {
	case !w.BlockedSince.IsZero() && w.LastError != nil:
		return fmt.Sprintf("%s, for %s", w.LastError, since(w.BlockedSince))
	case w.LastError != nil:
		return w.LastError.String()
	default:
		return w.LastFailure
	}
}

// document is JSON on one line. Other text stays as it is.
func document(raw json.RawMessage) string {
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return string(raw)
	}
	return compact.String()
}
