package orphans

import "time"

// Class says whose an item is.
type Class string

// The classes.
const (
	// Live: its workflow runs, or another workflow awaits the operation.
	Live Class = "live"
	// Kept: a resource whose workflow has completed. The workflow was there to make it.
	Kept Class = "kept"
	// Orphan: its workflow has failed, was canceled or terminated or has timed out. Or it has completed,
	// and the operation runs on.
	Orphan Class = "orphan"
	// Left: an operation that bears no key. An AwaitOperation that was to cancel it was terminated, or has timed out,
	// and nothing else is known to await it.
	Left Class = "left"
	// Unknown: it bears a key, and the namespace has no workflow whose key that is. The workflow may be
	// of another namespace, or past its retention.
	Unknown Class = "unknown"
	// Foreign: it is not awaitop's. It bears no key, or a key that was copied, and no wait has left it.
	Foreign Class = "foreign"
)

// Classes returns all classes.
func Classes() []Class { return []Class{Live, Kept, Orphan, Left, Unknown, Foreign} }

// Verdict is what follows from an item and its owner.
type Verdict struct {
	Class Class
	// Action is what to do about it: Report for all that is to stay as it is.
	Action Action
	// Why is the reason, in words.
	Why string
}

// slack is how long before its workflow began, or after it closed, an item may have begun and still be
// the workflow's own: clocks differ, and a request may be under way when a workflow is terminated.
const slack = 10 * time.Minute

// Judge decides about an item. awaiter is the id of a running workflow that awaits the operation, "" for
// none. now is Temporal's time. The rules are in the order of the classes' certainty: the first that
// applies decides.
func Judge(item Item, owner Owner, awaiter string, policy Policy, now time.Time) Verdict {
	switch {
	case item.Key == "" && owner.WorkflowID == "":
		return report(Foreign, "it bears no key of awaitop")
	case awaiter != "":
		return report(Live, "workflow "+awaiter+" awaits it")
	case item.Key == "":
		return act(item, Left, "the wait for it "+owner.Status.text()+", and sent no cancel", true, owner.CloseTime, policy, now)
	case owner.WorkflowID == "" || owner.Status == "":
		return act(item, Unknown, "the namespace has no workflow whose key it bears", policy.IncludeUnknown, item.Since, policy, now)
	case owner.Status == Running:
		return report(Live, "its workflow runs")
	case owner.outlivedBy(item):
		return report(Foreign, "it was not made while the workflow ran whose key it bears: the key was copied")
	case owner.Status == Completed && !item.runs():
		return report(Kept, "its workflow has completed")
	default:
		return act(item, Orphan, "its workflow "+owner.Status.text(), true, owner.CloseTime, policy, now)
	}
}

func report(class Class, why string) Verdict { return Verdict{Class: class, Action: Report, Why: why} }

// act is the verdict about an item without a live workflow. allowed says that the policy holds for its
// class. since is when it came to be without one, zero if that is not known.
func act(item Item, class Class, why string, allowed bool, since time.Time, policy Policy, now time.Time) Verdict {
	switch {
	case !item.runs() || !allowed || policy.Action == "" || policy.Action == Report:
		return report(class, why)
	case since.IsZero():
		return report(class, why+"; since when is not known")
	case now.Sub(since) < policy.minAge():
		return report(class, why+"; it is left alone for "+policy.minAge().String())
	case policy.Action == Cancel && item.undoes():
		return report(class, why+"; it takes back another operation, and is left to end")
	default:
		return Verdict{Class: class, Action: policy.Action, Why: why}
	}
}

// outlivedBy reports whether the item began outside of the workflow's life. A time that is not known
// proves nothing.
func (o Owner) outlivedBy(item Item) bool {
	if item.Since.IsZero() {
		return false
	}
	before := !o.StartTime.IsZero() && item.Since.Before(o.StartTime.Add(-slack))
	after := !o.CloseTime.IsZero() && item.Since.After(o.CloseTime.Add(slack))
	return before || after
}

// text is the status as the end of a sentence.
func (s Status) text() string {
	switch s {
	case Completed:
		return "has completed"
	case Failed:
		return "has failed"
	case Canceled:
		return "was canceled"
	case Terminated:
		return "was terminated"
	case TimedOut:
		return "has timed out"
	default:
		return "is closed"
	}
}
