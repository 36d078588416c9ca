package e2e

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/testsuite"
)

const (
	atOnce  = 8  // runs of a subject, that the sweep cancels
	counted = 90 // requests of a run at which there are points
	// stuckWindow is how long the undo is tried of a part whose delete is refused: time enough for the deletes of the others.
	stuckWindow = 15 * time.Second
)

// sweepPoint is where a run is canceled.
type sweepPoint struct {
	request int           // at the run's nth; 0 for by time
	after   time.Duration // its begin
	stuck   *part         // whose delete is refused; nil for none
}

func (p sweepPoint) String() string {
	text := fmt.Sprintf("canceled after %v", p.after)
	if p.request > 0 {
		text = fmt.Sprintf("canceled at request %d", p.request)
	}
	if p.stuck != nil {
		text += ", while " + p.stuck.target + " of " + p.stuck.service + " cannot be deleted"
	}
	return text
}

// point is that of the nth run. The even ones spread over the requests of a run, the odd ones over its time.
func (s *sweep) point(n int) sweepPoint {
	p := sweepPoint{after: time.Duration(s.random.IntN(6000)) * time.Millisecond}
	if n%2 == 0 {
		p.request = n/2*counted/max(*sweepPoints/2, 1)%counted + 1
	}
	parts := s.parts(sweepID(n))
	if which := s.random.IntN(len(parts) * 8); which < len(parts) && parts[which].refusable() {
		p.stuck = &parts[which]
	}
	return p
}

// Each subject is canceled at every request it makes, and at times between. Replies are lost, and some deletes refused.
// Each step starts one operation, nothing is left that no end names, and what an end names is there.
func TestSweepCancel(t *testing.T) {
	t.Parallel()
	for name, of := range sweptSubjects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newSweep(t, of, benchOptions{}).cancelAll()
		})
	}
}

func (s *sweep) cancelAll() {
	s.disturb(*sweepPoints)
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	checks := make([]func(), *sweepPoints)
	for n := range *sweepPoints {
		point := s.point(n)
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			checks[n] = s.cancelOne(n, point)
		})
	}
	all.Wait()
	for _, check := range checks {
		check()
	}
	s.conclude()
}

// cancelOne runs the subject and cancels it. What it returns checks the end.
func (s *sweep) cancelOne(n int, at sweepPoint) (check func()) {
	window := undoWindow
	if p := at.stuck; p != nil {
		window = stuckWindow
		s.scripted[p.service].AddFaults(testsuite.PermissionDenied().On(p.undo).For(p.target))
	}
	due := s.due(n, at)
	r := s.begin(sweepID(n), window)
	ended := make(chan struct{})
	go func() {
		_ = r.Get(s.ctx, nil) // its check asks again
		close(ended)
	}()
	select {
	case <-due:
		// One that has ended meanwhile cannot be canceled, and need not be.
		_ = s.client.CancelWorkflow(s.ctx, r.GetID(), r.GetRunID())
	case <-ended:
	}
	<-ended
	return func() { s.check(r, fmt.Sprintf("run %d, %v", n, at), at.stuck != nil) }
}

// due returns a channel that is closed when the point of the nth run comes.
func (s *sweep) due(n int, at sweepPoint) <-chan struct{} {
	if at.request > 0 {
		return s.requests.await(sweepID(n), at.request)
	}
	due := make(chan struct{})
	time.AfterFunc(at.after, func() { close(due) })
	return due
}
