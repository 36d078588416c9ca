package testsuite

import (
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Call is the record of one request that reached the service.
type Call struct {
	// Number counts the service's calls, from 1.
	Number int
	// Method is the method that was called, "Unknown" for an HTTP request that is
	// none of the service's.
	Method Method
	// Name is the operation, the collection of a List, or the resource of another
	// method.
	Name string
	// Time is when the call arrived, on the service's clock.
	Time time.Time
	// EndTime is when the service answered, zero before.
	EndTime time.Time
	// Code is the answer's, as the caller sees it: UNAVAILABLE if the connection
	// broke. Meaningful once EndTime is set.
	Code lro.Code
	// HTTP is the HTTP status of the answer, 0 if the connection broke. A call in
	// memory has the status that it would have over HTTP.
	HTTP int
}

// Calls returns the calls of the given methods, of all without any, in the
// order they arrived.
func (s *Service) Calls(methods ...Method) []Call {
	s.mustHave(methods)
	return s.calls(func(call *Call) bool { return len(methods) == 0 || slices.Contains(methods, call.Method) })
}

// CallsFor returns the calls of a method that named ref, in the order they
// arrived.
func (s *Service) CallsFor(method Method, ref lro.Ref) []Call {
	return s.calls(func(call *Call) bool {
		return call.Method == method && call.Name == ref.Name && ref.Service == s.options.Service
	})
}

// Count returns the number of calls of the given methods, of all without any. Its
// cost does not grow with the number of calls.
func (s *Service) Count(methods ...Method) int {
	s.mustHave(methods)
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for method, count := range s.counts {
		if len(methods) == 0 || slices.Contains(methods, method) {
			total += count
		}
	}
	return total
}

// ForgetCalls drops the records of all calls so far, for the part of a test
// that comes next. Calls under way are dropped too. Faults go on counting.
func (s *Service) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
	clear(s.counts)
}

// mustHave refuses methods that the service does not have, whose count would be 0
// whatever happens.
func (s *Service) mustHave(methods []Method) {
	if m := s.table().unknownMethod(methods); m != "" {
		s.must(&lro.InvalidError{Field: "method", Value: string(m), Want: wantMethod})
	}
}

func (s *Service) calls(wanted func(*Call) bool) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, call := range s.log {
		if wanted(call) {
			found = append(found, *call)
		}
	}
	return found
}

// arrive records a call, and returns the effect of the faults that it meets.
func (s *Service) arrive(method Method, name string) (*Call, disturbance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived++
	call := &Call{Number: s.arrived, Method: method, Name: name, Time: s.clock.Now()}
	s.log = append(s.log, call)
	s.counts[method]++
	return call, s.disturb(*call)
}

// disturb puts the faults of the operation's script before the service's. The refusal
// of a call beyond the rate goes before both.
func (s *Service) disturb(call Call) disturbance {
	var d disturbance
	if s.limiter != nil && !s.limiter.AllowN(call.Time, 1) {
		d.add(overRate)
	}
	if op := s.operations[call.Name]; op != nil {
		d.meet(op.faults, call)
	}
	d.meet(s.faults, call)
	return d
}

// leave completes a call's record, and notes the operations that the reply shows done.
func (s *Service) leave(call *Call, answer reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call.EndTime, call.Code, call.HTTP = s.clock.Now(), answer.code(), answer.httpStatus()
	answer.noteShown(call.EndTime)
}
