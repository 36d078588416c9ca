package e2e

import (
	"errors"
	"slices"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// check says what is wrong after a run's end at a point: a step that started other than one operation, something there
// that the end does not name, something named that is not there. stuck says that the undo of a part is refused.
func (s *sweep) check(r subjectRun, point string, stuck bool) {
	s.t.Helper()
	err := s.end(r)
	end, known := endOf(err, stuck)
	if s.ends[end]++; !known {
		s.t.Errorf("%s: ended with %v", point, err)
	}
	s.checkLeft(r, point, err)
	s.checkStarted(r, point, err)
	s.replay(r.GetID(), r.GetRunID())
}

// end awaits the end of a run. It asks again if a busy server has not answered in time.
func (s *sweep) end(r subjectRun) (err error) {
	s.waitFor("the end of "+r.GetID(), func() bool {
		err = r.Get(s.ctx, nil)
		var ended *temporal.WorkflowExecutionError
		return err == nil || errors.As(err, &ended)
	})
	return err
}

// endOf names how a run has ended, and reports whether the sweep may end it so.
func endOf(err error, stuck bool) (end string, known bool) {
	failure, typed := lro.AsFailure(err)
	switch {
	case err == nil:
		return "succeeded", true
	case temporal.IsCanceledError(err):
		return "canceled", true
	case !typed:
		return "untyped", false
	case failure.Type == lro.TypeCompensationFailed:
		return failure.ErrorType(), stuck
	default:
		return failure.ErrorType(), failure.Type == lro.TypeOperationFailed || failure.Type == lro.TypeOperationGone
	}
}

// checkLeft compares what is there with what the end of the run says is there: after a success all, else what the failure
// names.
func (s *sweep) checkLeft(r subjectRun, point string, err error) {
	s.t.Helper()
	var named []string
	f, ok := lro.AsFailure(err)
	if ok && f.Type == lro.TypeCompensationFailed {
		named = f.Resources
	}
	there := map[string]int{} // by the name in the failure
	for _, p := range r.parts {
		if !p.stays() {
			continue
		}
		name := p.nameAmong(named)
		exists := s.scripted[p.service].Exists(p.target)
		if exists && err != nil && name == "" || !exists && err == nil {
			s.t.Errorf("%s: ended with %v, and %s of %s exists: %t", point, err, p.target, p.service, exists)
		}
		if exists {
			s.left[p.service+"/"+p.target] = true
		}
		if exists || name != "" && s.wentLater(p, f.UndoErrors[slices.Index(named, name)]) {
			there[name]++
		}
	}
	for _, name := range named {
		if there[name] != 1 {
			s.t.Errorf("%s: ended with %v, and there are %d resources of the name %s", point, err, there[name], name)
		}
	}
}

// wentLater reports whether a part went by a delete whose end its undo did not live to see, for the reason that the failure
// has: the delete still ran, or its reply was lost. Spanner's deletes are no operations.
func (s *sweep) wentLater(p part, reason string) bool {
	if p.service == lro.SpannerService || !strings.Contains(reason, lro.CodeUnavailable.String()) {
		return false
	}
	return slices.ContainsFunc(s.scripted[p.service].Started(p.undo, p.target), func(ref lro.Ref) bool {
		op, known := s.scripted[p.service].Peek(ref)
		return known && op.State() == lro.StateSucceeded
	})
}

// checkStarted counts the operations of each step. None runs any more.
func (s *sweep) checkStarted(r subjectRun, point string, err error) {
	s.t.Helper()
	for _, p := range r.parts {
		var started []lro.Ref
		for _, ref := range s.scripted[p.service].Started(p.start, p.target) {
			op, known := s.scripted[p.service].Peek(ref) // not one that has vanished
			if known && op.State() == lro.StateRunning {
				s.t.Errorf("%s: ended with %v, and %s runs", point, err, ref)
			}
			if !p.blind || op.State() == lro.StateSucceeded {
				started = append(started, ref)
			}
		}
		if len(started) > p.times || err == nil && len(started) != p.times {
			s.t.Errorf("%s: ended with %v, and %s has started %d operations for %s, want %d: %v", point, err, p.start, len(started), p.target, p.times, started)
		}
	}
}

// conclude says what is on the services after all runs that no end speaks of.
func (s *sweep) conclude() {
	s.t.Helper()
	for name, service := range s.scripted {
		service.AssertNoneRunning(s.t)
		for _, left := range service.Left() {
			target, _, _ := strings.Cut(left, " (")
			if !s.left[name+"/"+target] {
				s.t.Errorf("no run's end names what is left on %s: %s", name, left)
			}
		}
	}
	s.t.Logf("seed %d: %d points, %d requests, %d operations; the runs ended as %v", s.seed, *sweepPoints, s.count(), s.operations(), s.ends)
}

// operations is how many operations the services have started.
func (s *sweep) operations() (n int) {
	for _, service := range s.scripted {
		n += len(service.Refs())
	}
	return n
}
