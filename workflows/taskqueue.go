package workflows

import (
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// What the Temporal server takes as the name of a task queue: its setting limit.maxIDLength by default, in bytes, and
// the names of its own.
const (
	maxTaskQueue      = 1000
	reservedTaskQueue = "/_sys/"
)

// validateTaskQueue refuses a name that the server refuses. An activity on such a task queue fails its workflow's task, again
// and again.
func validateTaskQueue(field, name string) error {
	switch {
	case len(name) > maxTaskQueue:
		return &lro.InvalidError{Field: field, Value: name, Want: fmt.Sprintf("at most %d bytes", maxTaskQueue), Problem: fmt.Sprintf("is %d bytes long", len(name))}
	case strings.HasPrefix(name, reservedTaskQueue):
		return &lro.InvalidError{Field: field, Value: name, Want: "a name that does not begin with " + reservedTaskQueue, Problem: "is one of Temporal's own"}
	default:
		return nil
	}
}
