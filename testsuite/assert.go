package testsuite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// An assertion that does not hold marks the test as failed. The test goes on. Each
// assertion reports whether it holds. Like testing.TB's Errorf, assertions may be
// called by every goroutine that ends before the test.

// AssertCalls asserts that a method was called want times.
func (s *Service) AssertCalls(t TB, method Method, want int) bool {
	t.Helper()
	got := s.Count(method)
	return check(t, got == want, "%s was called %d times, want %d", method, got, want)
}

// AssertCanceled asserts that CancelOperation was called for ref, was accepted,
// and that the operation ended with code CANCELLED.
func (s *Service) AssertCanceled(t TB, ref lro.Ref) bool {
	t.Helper()
	accepted := slices.ContainsFunc(s.CallsFor(MethodCancel, ref), func(c Call) bool {
		return !c.EndTime.IsZero() && c.Code == lro.CodeOK
	})
	op, _ := s.Peek(ref)
	return check(t, accepted, "no cancel of %s was accepted", ref) &&
		check(t, op.State() == lro.StateCanceled, "%s was canceled, and is %s", ref, op.State())
}

// AssertNothingLeft asserts that none of the named resources exists, nor anything in
// them, and that no operation on them runs. Without names it asserts that of every
// resource that a method made, and of every operation. A resource of [Service.Put]
// counts only if it is named.
func (s *Service) AssertNothingLeft(t TB, names ...string) bool {
	t.Helper()
	left := s.Left(names...)
	return check(t, len(left) == 0, "left: %s", strings.Join(left, "; "))
}

// AssertReady asserts that each of the named resources exists and is READY, or what its service says for
// it: RUNNABLE, ACTIVE.
func (s *Service) AssertReady(t TB, names ...string) bool {
	t.Helper()
	return assertReady(t, []*Service{s}, names)
}

// assertReady asserts that each resource is ready in one of the services.
func assertReady(t TB, services []*Service, names []string) bool {
	t.Helper()
	var not []string
	for _, name := range names {
		if state, ready := stateIn(services, name); !ready {
			not = append(not, name+" is "+cmp.Or(state, "not there"))
		}
	}
	return check(t, len(not) == 0, "not ready: %s", strings.Join(not, "; "))
}

// stateIn is the state of a resource in the service that has it, with the service's name if there are several. "" if none
// has it.
func stateIn(services []*Service, name string) (state string, ready bool) {
	for _, s := range services {
		if state, ready = s.stateOf(name); ready {
			return state, true
		} else if state != "" && len(services) > 1 {
			return state + " in " + s.options.Service, false
		} else if state != "" {
			return state, false
		}
	}
	return "", false
}

// AssertNoneRunning asserts that every operation has ended.
func (s *Service) AssertNoneRunning(t TB) bool {
	t.Helper()
	running := s.Running()
	return check(t, len(running) == 0, "%d operations are still running: %v", len(running), running)
}

// AssertFailure asserts that err holds an awaitop failure of the given type and code,
// at any depth. It returns the failure, the zero Failure if the assertion does not hold.
func AssertFailure(t TB, err error, want lro.FailureType, code lro.Code) lro.Failure {
	t.Helper()
	failure, found := lro.AsFailure(err)
	if !check(t, found, "want a failure %s with code %s, got: %v", want, code, err) {
		return lro.Failure{}
	}
	if !check(t, failure.Type == want && failure.Code() == code,
		"the failure is %s with code %s, want %s with code %s: %v", failure.Type, failure.Code(), want, code, err) {
		return lro.Failure{}
	}
	return failure
}

// AssertCancellation asserts that err, the error of a canceled wait, holds an Outcome
// whose Cancellation is want. It returns the Outcome, the zero Outcome if the assertion
// does not hold.
func AssertCancellation(t TB, err error, want lro.Cancellation) lro.Outcome {
	t.Helper()
	outcome, found := lro.OutcomeOf(err)
	if !check(t, found, "want an outcome with cancellation %q, got: %v", want, err) {
		return lro.Outcome{}
	}
	if !check(t, outcome.Cancellation == want, "the cancellation is %q, want %q: %v", outcome.Cancellation, want, err) {
		return lro.Outcome{}
	}
	return outcome
}

func check(t TB, holds bool, format string, args ...any) bool {
	t.Helper()
	if !holds {
		t.Errorf(format, args...)
	}
	return holds
}
