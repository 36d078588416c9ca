package testsuite

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Each assertion marks the test as failed and goes on, and reports whether it
// held. They are for the goroutines testing.TB's Errorf is for: all that end
// before the test.

// AssertCalls asserts that a method was called want times.
func AssertCalls(t testing.TB, service *Service, method Method, want int) bool {
	t.Helper()
	got := service.Count(method)
	return check(t, got == want, "%s was called %d times, want %d", method, got, want)
}

// AssertCallsBetween asserts that a method was called least to most times: for
// polls, whose number depends on a schedule.
func AssertCallsBetween(t testing.TB, service *Service, method Method, least, most int) bool {
	t.Helper()
	got := service.Count(method)
	return check(t, got >= least && got <= most, "%s was called %d times, want %d to %d", method, got, least, most)
}

// AssertCanceled asserts that CancelOperation was called for ref, was accepted,
// and that the operation ended with code CANCELLED.
func AssertCanceled(t testing.TB, service *Service, ref lro.Ref) bool {
	t.Helper()
	accepted := false
	for _, call := range service.CallsFor(MethodCancel, ref) {
		accepted = accepted || !call.EndTime.IsZero() && call.Code == lro.CodeOK
	}
	if !check(t, accepted, "no cancel of %s was accepted", ref) {
		return false
	}
	return AssertState(t, service, ref, lro.StateCanceled)
}

// AssertNotCanceled asserts that CancelOperation was never called for ref.
func AssertNotCanceled(t testing.TB, service *Service, ref lro.Ref) bool {
	t.Helper()
	calls := len(service.CallsFor(MethodCancel, ref))
	return check(t, calls == 0, "%s was canceled %d times, want none", ref, calls)
}

// AssertState asserts that an operation is known to the service and in the
// given state.
func AssertState(t testing.TB, service *Service, ref lro.Ref, want lro.State) bool {
	t.Helper()
	op, known := service.Peek(ref)
	if !check(t, known, "the service does not know %s, want it %s", ref, want) {
		return false
	}
	return check(t, op.State() == want, "%s is %s, want %s", ref, op.State(), want)
}

// AssertNothingLeft asserts that what a workflow made is gone: none of the named
// resources exists, nor anything that stands in one, and no operation on them
// runs. Without a name it asserts that of every resource that a start made, and of
// every operation. A resource of [Service.Put] is looked for by its name alone.
func (s *Service) AssertNothingLeft(t testing.TB, names ...string) bool {
	t.Helper()
	left := s.left(names)
	return check(t, len(left) == 0, "left: %s", strings.Join(left, "; "))
}

// AssertReady asserts that each of the named resources exists and is READY.
func (s *Service) AssertReady(t testing.TB, names ...string) bool {
	t.Helper()
	var not []string
	for _, name := range names {
		if state := s.stateOf(name); state != stateReady {
			not = append(not, name+" is "+cmp.Or(state, "not there"))
		}
	}
	return check(t, len(not) == 0, "not ready: %s", strings.Join(not, "; "))
}

// AssertNoneRunning asserts that every operation has ended: that nothing is
// left behind which goes on, and is billed, without anybody waiting for it.
func AssertNoneRunning(t testing.TB, service *Service) bool {
	t.Helper()
	running := service.Running()
	return check(t, len(running) == 0, "%d operations are still running: %v", len(running), running)
}

// AssertMaxConcurrent asserts that never more than most calls of a method were
// answered at once; of "", of all methods together.
func AssertMaxConcurrent(t testing.TB, service *Service, method Method, most int) bool {
	t.Helper()
	got := service.MaxConcurrent(method)
	return check(t, got <= most, "%d calls of %q were answered at once, want at most %d", got, method, most)
}

// AssertSpacing asserts that no two successive calls of a method for ref arrived
// less than least apart, on the service's clock.
func AssertSpacing(t testing.TB, service *Service, method Method, ref lro.Ref, least time.Duration) bool {
	t.Helper()
	calls := service.CallsFor(method, ref)
	for i := 1; i < len(calls); i++ {
		gap := calls[i].Time.Sub(calls[i-1].Time)
		if !check(t, gap >= least, "calls %d and %d of %s for %s are %v apart, want at least %v", i, i+1, method, ref, gap, least) {
			return false
		}
	}
	return true
}

// AssertFailure asserts that err holds an awaitop failure of the given type and
// code, at whatever depth, and returns it; the zero Failure otherwise.
func AssertFailure(t testing.TB, err error, want lro.FailureType, code lro.Code) lro.Failure {
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

// AssertCancellation asserts that err, the error of a canceled wait, holds an
// Outcome, and what became of the cancel in it. It returns the Outcome; the zero
// Outcome if it does not hold.
func AssertCancellation(t testing.TB, err error, want lro.Cancellation) lro.Outcome {
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

func check(t testing.TB, holds bool, format string, args ...any) bool {
	t.Helper()
	if !holds {
		t.Errorf(format, args...)
	}
	return holds
}
