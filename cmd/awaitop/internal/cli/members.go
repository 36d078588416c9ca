package cli

import (
	"strings"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
)

// members prints the operations of a set that its poll has reported, those that failed first.
func (r rows) members(s control.Set) {
	for _, m := range s.Members {
		r.line("  "+memberState(m), "%s", memberText(s, m))
	}
	if s.More > 0 {
		r.line("  and", "%d more", s.More)
	}
}

// memberState is the state of an operation of a set in a word or two.
func memberState(m control.Member) string {
	switch {
	case m.Unread:
		return "not readable"
	case m.State == lro.StateRunning && m.Error != nil:
		return "last read failed"
	default:
		return printable.Line(string(m.State), printable.MaxCell)
	}
}

// memberText names an operation of a set, by its step if it has one, and says how far it is.
func memberText(s control.Set, m control.Member) string {
	text := strings.TrimPrefix(m.Ref.String(), s.In+"/")
	if m.Step != "" {
		text = m.Step
	}
	switch {
	case m.Error != nil:
		text += ": " + m.Error.String()
	case m.Progress.Known:
		text += strings.TrimPrefix(polls.Running(m.Progress), "running")
	}
	return text
}
