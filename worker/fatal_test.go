package worker

import (
	"errors"
	"testing"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/testsuite"
)

// Run ends with the first fatal error of the SDK's workers, and stops what is left; the
// user's OnFatalError is told of each.
func TestRunEndsWithAFatalError(t *testing.T) {
	t.Parallel()
	first, second := errors.New("namespace gone"), errors.New("so is the other's")
	closed := false
	w := &Worker{
		polling: activities.New(testsuite.ForTest(t, testsuite.Options{}), activities.Options{}),
		close:   func() { closed = true }, fatal: make(chan error, 1),
	}
	var told []error
	note := w.noteFatal(func(err error) { told = append(told, err) })
	note(first)
	note(second)
	if err := w.Run(make(chan any)); !errors.Is(err, first) || !closed {
		t.Errorf("Run: %v, closed: %t, want the first error and an end", err, closed)
	}
	if len(told) != 2 {
		t.Errorf("the user was told of %v, want both", told)
	}
}
