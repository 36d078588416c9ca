package testsuite

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Told returns when an operation ended and when a client was first told so: when
// the first reply was sent, by Get, List or the start itself, that showed it
// done and reached its caller whole. Both are on the service's clock, and their
// difference is the lag with which the end was noticed. ok is false, and told
// zero, as long as no client was told; ended is zero as long as it runs.
//
// An error tells nobody of an end, not even the NOT_FOUND of one that vanished,
// nor does a reply that a Fault broke or replaced. Told is no call: it is
// neither recorded nor counted.
func (s *Service) Told(ref lro.Ref) (ended, told time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.operations[ref.Name]
	if op == nil || ref.Service != s.options.Service {
		return time.Time{}, time.Time{}, false
	}
	op.settle(s.clock.Now(), false)
	return op.endTime, op.toldTime, !op.toldTime.IsZero()
}

// show is the reply whose body is an operation.
func show(op *operation, now time.Time) reply {
	answer := ok(op.json(now))
	answer.shows(op)
	return answer
}

// shows notes that the body has the operations, as they stand.
func (r *reply) shows(operations ...*operation) {
	for _, op := range operations {
		if op.ended {
			r.done = append(r.done, op)
		}
	}
}

// tell notes when the reply was sent, on the operations it shows done.
func (r reply) tell(at time.Time) {
	if r.code() != lro.CodeOK {
		return
	}
	for _, op := range r.done {
		if op.toldTime.IsZero() {
			op.toldTime = at
		}
	}
}
