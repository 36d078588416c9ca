package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// undone is a resource whose undo failed, and the error.
type undone struct {
	resource string
	err      error
}

// wentWithAnother reports whether nothing is left of a step whose undo has failed: another step's
// undo has deleted its target, or what holds it. A Compensate that has failed may have been about
// something else.
func (s *Saga) wentWithAnother(at int, errs []error) bool {
	r, ok := s.steps[at].(*stepRun)
	if !ok || r.step.Compensate != nil {
		return false
	}
	for i, step := range s.steps {
		if other, ok := step.(*stepRun); ok && errs[i] == nil && other.isGone() && other.deletes(r) {
			return true
		}
	}
	return false
}

// leaveAll undoes nothing, for the reason err. It names the steps whose undo would have done something.
func (s *Saga) leaveAll(err error) []undone {
	var left []undone
	for _, step := range s.steps {
		if step.undoes() {
			left = append(left, undone{step.resource(), err})
		}
	}
	return left
}

// left holds the resources that are not undone, each once, and the reasons in the same order.
type left struct {
	resources, reasons []string
	omitted            int
	at                 map[string]int // of a resource
}

// leftOf returns the resources that a saga could not undo, and those that sagas inside have
// left: the sagas in its undos, and those that its workflow failed with.
func leftOf(failed []undone, inner []lro.Failure) left {
	all := left{at: map[string]int{}}
	for _, f := range failed {
		all.add(f.resource, reasonFor(f.err))
		all.addInner(compensationsIn(f.err))
	}
	all.addInner(inner)
	return all
}

// reasonFor says why an undo failed, without the names and numbers that Temporal puts before
// an activity's own message.
func reasonFor(err error) string {
	if _, typed := lro.AsFailure(err); typed {
		return lro.CauseOf(err).Message + hintOf(err)
	}
	switch e := err.(type) {
	case *lastAttempt:
		return reasonFor(e.err) + lastAttemptHint
	case interface{ Unwrap() []error }:
		var reasons []string
		for _, one := range e.Unwrap() {
			reasons = append(reasons, reasonFor(one))
		}
		return strings.Join(reasons, "; ")
	case *temporal.ActivityError:
		return reasonFor(e.Unwrap())
	case *temporal.ApplicationError:
		return e.Message()
	default:
		return lro.CauseOf(err).Message
	}
}

// maxReasons is the size of a resource's reasons, in bytes, from which on none is added.
const maxReasons = 1 << 10

func (l *left) add(resource, reason string) {
	i, named := l.at[resource]
	switch {
	case !named:
		l.at[resource] = len(l.resources)
		l.resources, l.reasons = append(l.resources, resource), append(l.reasons, reason)
	case l.reasons[i] == "":
		l.reasons[i] = reason
	case len(l.reasons[i]) < maxReasons && !strings.Contains(l.reasons[i], reason):
		l.reasons[i] += "; " + reason
	}
}

// addInner adds the resources that sagas inside have left. A failure has no reasons for its
// last resources if the names take all the room.
func (l *left) addInner(inner []lro.Failure) {
	for _, f := range inner {
		for i, resource := range f.Resources {
			reason := ""
			if i < len(f.UndoErrors) {
				reason = f.UndoErrors[i]
			}
			l.add(resource, reason)
		}
		l.omitted += max(f.ResourcesOmitted, 0)
	}
}

// firstReasons returns the reasons up to the last one.
func (l *left) firstReasons() []string {
	n := len(l.reasons)
	for n > 0 && l.reasons[n-1] == "" {
		n--
	}
	return l.reasons[:n]
}

// compensationsIn returns the failures of sagas in err.
func compensationsIn(err error) []lro.Failure {
	return slices.DeleteFunc(lro.AsFailures(err), func(f lro.Failure) bool { return f.Type != lro.TypeCompensationFailed })
}

// compensationFailed returns the error that names the resources that are left. If the cause
// is a saga's inside, the error has that saga's cause.
func compensationFailed(cause error, all left) error {
	failure := lro.Failure{
		Type: lro.TypeCompensationFailed, Cause: lro.CauseOf(cause),
		Resources: all.resources, UndoErrors: all.firstReasons(), ResourcesOmitted: all.omitted,
	}
	if f, ok := lro.AsFailure(cause); ok && f.Type == lro.TypeCompensationFailed && f.Cause != nil {
		failure.Cause = f.Cause
	}
	if outcome, ok := lro.OutcomeOf(cause); ok {
		failure.Ref = outcome.Ref
	}
	return activities.NewError(failure)
}

// maxDetails bounds the details in the Web UI, in bytes. The server answers a query with
// 2 MiB at most.
const maxDetails = 64 << 10

// leftTitle is the heading of what could not be undone, in Markdown.
const leftTitle = "**could not undo:**\n"

// leftDetails returns Markdown: the resources that could not be undone, and the reasons.
func leftDetails(resources, reasons []string) string {
	var text strings.Builder
	text.WriteString(leftTitle)
	for i, resource := range resources {
		line := fmt.Sprintf("\n- `%s`", resource)
		if reasons[i] != "" {
			line += ": " + reasons[i]
		}
		if text.Len()+len(line) > maxDetails {
			text.WriteString(fmt.Sprintf("\n- and %d more, which the failure's details name", len(resources)-i)) //nolint:staticcheck // workflowcheck allows Sprintf alone
			break
		}
		text.WriteString(line)
	}
	return text.String()
}
