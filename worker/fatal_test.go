package worker

import (
	"errors"
	"sync"
	"testing"

	sdk "go.temporal.io/sdk/worker"

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

// A fatal error is told, though an interrupt has come, too.
func TestFatalErrorBesideAnInterrupt(t *testing.T) {
	t.Parallel()
	gone, interrupt := errors.New("namespace gone"), make(chan any)
	close(interrupt)
	for range 100 { // select takes any that is ready
		w := &Worker{fatal: make(chan error, 1)}
		w.noteFatal(nil)(gone)
		if err := w.untilEnd(interrupt); !errors.Is(err, gone) {
			t.Fatalf("%v, want %v", err, gone)
		}
	}
}

// stopping is a worker that takes its time to stop.
type stopping struct {
	sdk.Worker
	stop func()
}

func (s stopping) Stop() { s.stop() }

// Both workers stop at once: the second one would poll on, and both together take twice the stop timeout.
func TestStopsSideBySide(t *testing.T) {
	t.Parallel()
	var stops sync.WaitGroup
	stops.Add(2)
	both := func() { stops.Done(); stops.Wait() } // it returns once each was told
	stop([]sdk.Worker{stopping{stop: both}, stopping{stop: both}})
}
