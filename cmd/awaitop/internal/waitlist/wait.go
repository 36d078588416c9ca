package waitlist

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// freshReport is how old the report of a held wait may be. A worker that has died is noticed after the heartbeat timeout,
// 30 s by default.
const freshReport = 30 * time.Second

// waitRow is the row of a wait.
func waitRow(w control.Wait, now time.Time) Row {
	row := Row{WorkflowID: w.WorkflowID, Tone: waitTone(w), State: waitState(w), Next: nextRead(w, now), Age: since(w.StartTime, now)}
	row.Service, row.Path, row.Note = awaited(w)
	if row.Path == "" {
		row.Label, row.Note = "an operation not reported yet", ""
		if w.Set != nil {
			row.Label = setLabel(*w.Set)
		}
	}
	row.Percent, row.Measured = w.Percent()
	if percent, estimated, _ := PercentAt(w, now); estimated {
		row.Estimate = percent
	}
	if w.Set != nil && w.Set.Total > 0 {
		row.Count = fmt.Sprintf("%d of %d", w.Set.Ended, w.Set.Total)
	}
	if eta, known := w.ETA(); known {
		row.Ends = ends(eta, now)
	}
	row.Trouble = waitTrouble(w)
	if row.Trouble != "" && !w.BlockedSince.IsZero() {
		row.Times = "for " + since(w.BlockedSince, now)
	}
	return row
}

// awaited is what a wait is for, "" if it is not known.
func awaited(w control.Wait) (service, path, note string) {
	switch id, own := strings.CutPrefix(w.WorkflowID, ownPrefix); {
	case w.Set != nil:
		service, path = cutName(w.Set.In)
		return service, path, " (set)"
	case !w.Ref.IsZero():
		return w.Ref.Service, w.Ref.Name, ""
	case own: // the wait of its own workflow, before the first report
		service, path = cutName(id)
		return service, path, ""
	default:
		return "", "", ""
	}
}

// setLabel is the name of a set whose operations' names have no common beginning.
func setLabel(set control.Set) string {
	if set.Total == 0 {
		return "a set"
	}
	return fmt.Sprintf("a set of %d operations", set.Total)
}

// ownPrefix begins the id of a workflow that workflows.Start starts. The rest is the Ref.
const ownPrefix = "await:"

// cutName cuts a full resource name into service and path.
func cutName(name string) (service, path string) {
	rest, ok := strings.CutPrefix(name, "//")
	if !ok {
		return "", ""
	}
	service, path, _ = strings.Cut(rest, "/")
	return service, path
}

func waitState(w control.Wait) string {
	switch {
	case w.Mode == control.ModeLeft:
		return "left behind"
	case w.Mode == control.ModeUnknown:
		return "unknown"
	case w.Mode == control.ModePaused:
		return "paused"
	case w.Phase == workflows.PhaseCanceling:
		return "canceling"
	case !w.BlockedSince.IsZero():
		return "blocked"
	case w.Mode == control.ModeQueued:
		return "waiting for a worker"
	default:
		return "running"
	}
}

func waitTone(w control.Wait) Tone {
	switch {
	case waitTrouble(w) != "", w.Mode == control.ModeLeft, w.Mode == control.ModeUnknown, w.Mode == control.ModePaused:
		return Trouble
	case w.Phase == workflows.PhaseCanceling:
		return Busy
	default:
		return Running
	}
}

// waitTrouble is what is wrong with a wait, "" for nothing.
func waitTrouble(w control.Wait) string {
	switch failed := failedMembers(w); {
	case len(failed) > 0:
		return membersTrouble(*w.Set, failed)
	case w.LastError != nil && w.Set != nil && w.Set.Failing > 0:
		return fmt.Sprintf("%d of %d cannot be read: %s", w.Set.Failing, w.Set.Total, w.LastError)
	case w.LastError != nil:
		return w.LastError.String()
	default:
		return w.LastFailure
	}
}

// failedMembers are the operations of a set that have failed, or cannot be read. One that a cancel has canceled has not.
func failedMembers(w control.Wait) []control.Member {
	if w.Set == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.Set.Members), func(m control.Member) bool {
		return m.Error == nil || w.Phase == workflows.PhaseCanceling && m.State == lro.StateCanceled
	})
}

// membersTrouble names the first of the operations that have failed.
func membersTrouble(set control.Set, failed []control.Member) string {
	text := fmt.Sprintf("%s: %s", strings.TrimPrefix(failed[0].Ref.String(), set.In+"/"), failed[0].Error)
	if len(failed) > 1 {
		text += fmt.Sprintf(", and %d more", len(failed)-1)
	}
	return text
}

// nextRead says when a wait reads its operation next. A held wait reads between two reports as well, so the time that it
// last reported may be over.
func nextRead(w control.Wait, now time.Time) string {
	if w.Mode == control.ModeHeld && !w.NextPoll.IsZero() && !w.NextPoll.After(now) && now.Sub(w.Reported) < freshReport {
		return "in seconds"
	}
	return Next(w.NextPoll, now)
}
