package lro

import (
	"fmt"
	"strings"
)

// message is one line in lower case, which names the operation and holds no body.
func (f Failure) message() string {
	name := f.subject()
	switch f.Type {
	case TypeOperationFailed:
		return name + " failed: " + f.Status().line()
	case TypePollFailed:
		return name + f.unread() + " could not be read: " + f.Status().line()
	case TypeOperationCanceled:
		return f.canceled(name)
	case TypeOperationGone:
		return name + " is gone: the service answers NOT_FOUND"
	case TypeAwaitTimeout:
		return f.timedOut(name)
	case TypeProtocolError:
		return name + ": what came back is not what it should be: " + f.Status().line()
	case TypeResultTooLarge:
		return fmt.Sprintf("%s succeeded, but its response does not fit a payload of %d bytes", name, MaxEncodedSize)
	case TypeCompensationFailed:
		return f.notUndone()
	case TypeStartFailed:
		text := "could not start an operation on "
		if f.MayRun {
			text = "could not find out whether an operation was started on "
		}
		return text + strings.Join(f.Resources, ", ") + ": " + f.StartError.line()
	case TypeInvalidInput:
		return "invalid input: " + f.Reason
	case TypeNotAllowed:
		return "not allowed: " + f.Reason
	case TypeWaitNotFound:
		return "no such wait: " + f.Reason
	default:
		return name + ": " + string(f.Type)
	}
}

// canceled says what became of the operation, and of what a run has made.
func (f Failure) canceled(name string) string {
	text, parts := "the wait for "+name+" was canceled", []string{}
	if f.Removal != "" {
		text = "the run on " + strings.Join(f.Resources, ", ") + " was undone"
	}
	if f.Cancellation != "" {
		parts = append(parts, f.Cancellation.Text())
	}
	if what, told := removals[f.Removal]; told {
		parts = append(parts, what)
	}
	if len(parts) == 0 {
		return text
	}
	return text + ": " + strings.Join(parts, "; ")
}

// unread says what of an operation could not be read. Of one that has succeeded it is the target, which a step reads for
// its result.
func (f Failure) unread() string {
	if f.Operation.State() == StateSucceeded {
		return " succeeded, but its target"
	}
	return ""
}

// removals say what became of the target of a run that was undone.
var removals = map[string]string{
	"deleted":    "what it made was deleted",
	"absent":     "its target is not there",
	"notOurs":    "its target is not its own, and was left alone",
	"notStarted": "it had started nothing",
	"kept":       "it was to delete nothing",
}

// subject is the operation or, for a failed List, which has no Ref, the collection.
func (f Failure) subject() string {
	text := f.Ref.String()
	switch {
	case text != "":
		return "operation " + text
	case f.Type == TypePollFailed && len(f.Resources) > 0, f.Type == TypeProtocolError && len(f.Resources) > 0:
		return "collection " + strings.Join(f.Resources, ", ")
	default:
		return "operation"
	}
}

// maxNamed bounds the names in a message, in bytes, so that the text after them fits, too.
const maxNamed = 2 << 10

// named lists Resources, as many as fit [maxNamed], and says how many more there are.
func (f Failure) named() string {
	named, size := 0, 0
	for named < len(f.Resources) && (named == 0 || size+len(f.Resources[named]) <= maxNamed) {
		size += len(f.Resources[named]) + len(", ")
		named++
	}
	text := strings.Join(clipAll(f.Resources[:named], maxNamed), ", ")
	if more := len(f.Resources) - named + f.ResourcesOmitted; more > 0 {
		return fmt.Sprintf("%s and %d more", text, more)
	}
	return text
}

// notUndone names resources, gives the reason of the first, and the cause.
func (f Failure) notUndone() string {
	text := "could not undo: " + f.named()
	if len(f.UndoErrors) > 0 && f.UndoErrors[0] != "" {
		text += ", because: " + oneLine(f.UndoErrors[0], maxReason)
	}
	if f.Cause != nil {
		text += "; it began with: " + oneLine(f.Cause.Message, 1<<10)
	}
	return text
}

// timedOut says which time was up. Without a Ref, no operation had been started.
func (f Failure) timedOut(name string) string {
	by, when := "the deadline", "when the deadline came"
	if f.Reason != "" {
		by, when = "the end of its time ("+f.Reason+")", "when its time was over ("+f.Reason+")"
	}
	switch {
	case f.Ref.IsZero() && len(f.Resources) > 0:
		return "no operation was started on " + strings.Join(f.Resources, ", ") + ": " + f.Reason
	case f.PollError != nil:
		return name + " could not be read " + when + ": " + f.PollError.line() + f.afterDeadline()
	default:
		return name + " had not ended by " + by + f.afterDeadline()
	}
}

func (f Failure) afterDeadline() string {
	switch {
	case f.Cancellation != "" && !f.Cancellation.endKnown() && !f.Operation.Done:
		return "; " + f.Cancellation.Text() + ", and it may run on"
	case f.Cancellation != "":
		return "; " + f.Cancellation.Text()
	case f.Operation.Done:
		return "; it ended later: " + string(f.Operation.State())
	case f.PollError != nil:
		return "; the wait did not cancel it, and it may run on"
	default:
		return ", and the wait left it running"
	}
}

// line is the status on one line: "NOT_FOUND: no such database".
func (s *Status) line() string {
	switch {
	case s == nil:
		return CodeUnknown.String()
	case s.Message == "":
		return s.Code.String()
	default:
		return s.Code.String() + ": " + oneLine(s.Message, 1<<10)
	}
}
