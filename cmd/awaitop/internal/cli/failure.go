package cli

import (
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

// maxLeft is how many resources the rows of a failure name. The JSON has all.
const maxLeft = 50

// failure prints why a workflow ended. What a saga could not undo has a row for each resource.
func (r rows) failure(f *control.Failure) {
	if f == nil {
		return
	}
	r.line("from", "%s", strings.Join(f.Where, ", "))
	if f.Type != string(lro.TypeCompensationFailed) {
		r.line("failure", "%s", failureText(*f))
		return
	}
	r.line("failure", "%s: %d resources could not be undone, and are left", f.Type, len(f.Resources)+f.ResourcesOmitted)
	for i, resource := range f.Resources[:min(len(f.Resources), maxLeft)] {
		r.line("left", "%s", leftText(resource, f.UndoErrors, i))
	}
	if more := len(f.Resources) + f.ResourcesOmitted - maxLeft; more > 0 {
		r.line("left", "and %d more: -o json names %d", more, len(f.Resources))
	}
	if f.Cause != nil {
		r.line("cause", "%s", f.Cause.Message)
	}
}

// failureText is the message of a failure. If the workflow's own error has a type that says more than "an error", the
// text begins with it.
func failureText(f control.Failure) string {
	switch f.Type {
	case "", "errorString", "wrapError", "wrapErrors", "joinError", "Canceled", "Terminated", "TimedOut":
		return f.Message
	default:
		return f.Type + ": " + f.Message
	}
}

// leftText names a resource, and why it could not be undone.
func leftText(resource string, reasons []string, i int) string {
	if i >= len(reasons) || reasons[i] == "" {
		return resource
	}
	return fmt.Sprintf("%s: %s", resource, strings.TrimPrefix(reasons[i], resource+" "))
}
