package testsuite

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// EndTimes returns when an operation ended, and when a reply first showed that to a
// client: a reply of Get, List or the start itself that reached the client whole.
// Both are on the service's clock; their difference is the lag of the client. end is
// zero while the operation runs. shown is zero, and ok false, until such a reply.
//
// An error shows no end, not even the NOT_FOUND of an operation that vanished. Nor
// does a reply that a [Fault] broke or replaced. EndTimes is not a call: the service
// neither records nor counts it.
func (s *Service) EndTimes(ref lro.Ref) (end, shown time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.operations[ref.Name]
	if op == nil || ref.Service != s.options.Service {
		return time.Time{}, time.Time{}, false
	}
	op.settle(s.clock.Now(), false)
	return op.endTime, op.shownTime, !op.shownTime.IsZero()
}

// show is the reply whose body is an operation.
func show(op *operation, now time.Time) reply {
	answer := ok(op.json(now))
	answer.operation = true
	answer.addDone(op)
	return answer
}

// addDone adds the operations of the body that are done.
func (r *reply) addDone(operations ...*operation) {
	for _, op := range operations {
		if op.ended {
			r.done = append(r.done, op)
		}
	}
}

// noteShown sets the time of the first reply that shows an operation done.
func (r reply) noteShown(at time.Time) {
	if r.code() != lro.CodeOK {
		return
	}
	for _, op := range r.done {
		if op.shownTime.IsZero() {
			op.shownTime = at
		}
	}
}
