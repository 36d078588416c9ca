package testsuite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// fakeT records what an assertion reports. Of testing.TB it has what the
// assertions may use; anything else is a nil pointer.
type fakeT struct {
	testing.TB
	helper   bool
	failures []string
	fatal    bool
	cleanups []func()
}

func (f *fakeT) Helper() { f.helper = true }

func (f *fakeT) Errorf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}

func (f *fakeT) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	f.fatal = true
}

func (f *fakeT) Cleanup(do func()) { f.cleanups = append(f.cleanups, do) }

// witnessed is a service with a canceled and a running operation: two reads of
// the running one a minute apart, and one refused cancel of it.
func witnessed(t *testing.T) (service *testsuite.Service, canceled, running lro.Ref) {
	t.Helper()
	clock := manualclock.New(epoch)
	service = testsuite.ForTest(t, testsuite.Options{Clock: clock})
	canceled = service.MustStart(database+"/operations/canceled", testsuite.Script{RunsFor: time.Hour})
	running = service.MustStart(database+"/operations/running", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.CancelUnimplemented()})
	s := stage{t: t, service: service, clock: clock, ref: canceled}
	s.play("cancel")
	s.ref = running
	s.play("get 1m get cancel")
	return service, canceled, running
}

// assertion is one use of an assertion, and what it reports; "" if it holds.
type assertion struct {
	name   string
	assert func(testing.TB) bool
	want   string
}

func runAssertions(t *testing.T, rows []assertion) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeT{}
			held := row.assert(fake)
			if !fake.helper || held != (row.want == "") {
				t.Errorf("held: %v, a helper: %v", held, fake.helper)
			}
			got := strings.Join(fake.failures, "\n")
			if row.want == "" && got != "" || !strings.HasPrefix(got, row.want) {
				t.Errorf("reported (-want +got):\n%s", cmp.Diff(row.want, got))
			}
		})
	}
}

func TestAssertCalls(t *testing.T) {
	t.Parallel()
	service, _, running := witnessed(t)
	runAssertions(t, []assertion{
		{"calls", func(t testing.TB) bool { return testsuite.AssertCalls(t, service, testsuite.MethodGet, 2) }, ""},
		{"calls, fewer", func(t testing.TB) bool { return testsuite.AssertCalls(t, service, testsuite.MethodGet, 3) }, "GetOperation was called 2 times, want 3"},
		{"calls, none", func(t testing.TB) bool { return testsuite.AssertCalls(t, service, testsuite.MethodDelete, 0) }, ""},
		{"between", func(t testing.TB) bool {
			return testsuite.AssertCallsBetween(t, service, testsuite.MethodGet, 2, 2)
		}, ""},
		{"between, too few", func(t testing.TB) bool {
			return testsuite.AssertCallsBetween(t, service, testsuite.MethodGet, 3, 4)
		}, "GetOperation was called 2 times, want 3 to 4"},
		{"between, too many", func(t testing.TB) bool {
			return testsuite.AssertCallsBetween(t, service, testsuite.MethodGet, 0, 1)
		}, "GetOperation was called 2 times, want 0 to 1"},
		{"concurrent", func(t testing.TB) bool { return testsuite.AssertMaxConcurrent(t, service, testsuite.MethodGet, 1) }, ""},
		{"concurrent, too many", func(t testing.TB) bool { return testsuite.AssertMaxConcurrent(t, service, "", 0) }, `1 calls of "" were answered at once, want at most 0`},
		{"spacing", func(t testing.TB) bool {
			return testsuite.AssertSpacing(t, service, testsuite.MethodGet, running, time.Minute)
		}, ""},
		{"spacing, too near", func(t testing.TB) bool {
			return testsuite.AssertSpacing(t, service, testsuite.MethodGet, running, time.Minute+1)
		}, "calls 1 and 2 of GetOperation for " + running.String() + " are 1m0s apart, want at least 1m0.000000001s"},
	})
}

func TestAssertOperations(t *testing.T) {
	t.Parallel()
	service, canceled, running := witnessed(t)
	unknown := lro.Ref{Service: lro.SpannerService, Name: database + "/operations/unknown"}
	runAssertions(t, []assertion{
		{"canceled", func(t testing.TB) bool { return testsuite.AssertCanceled(t, service, canceled) }, ""},
		{"canceled, but refused", func(t testing.TB) bool { return testsuite.AssertCanceled(t, service, running) }, "no cancel of " + running.String() + " was accepted"},
		{"canceled, but unknown", func(t testing.TB) bool { return testsuite.AssertCanceled(t, service, unknown) }, "no cancel of " + unknown.String() + " was accepted"},
		{"not canceled", func(t testing.TB) bool { return testsuite.AssertNotCanceled(t, service, unknown) }, ""},
		{"not canceled, but tried", func(t testing.TB) bool { return testsuite.AssertNotCanceled(t, service, running) }, running.String() + " was canceled 1 times, want none"},
		{"state", func(t testing.TB) bool { return testsuite.AssertState(t, service, running, lro.StateRunning) }, ""},
		{"state, another", func(t testing.TB) bool { return testsuite.AssertState(t, service, running, lro.StateFailed) }, running.String() + " is running, want failed"},
		{"state, unknown", func(t testing.TB) bool { return testsuite.AssertState(t, service, unknown, lro.StateFailed) }, "the service does not know " + unknown.String() + ", want it failed"},
		{"none running", func(t testing.TB) bool {
			return testsuite.AssertNoneRunning(t, testsuite.ForTest(t, testsuite.Options{}))
		}, ""},
		{"none running, one does", func(t testing.TB) bool { return testsuite.AssertNoneRunning(t, service) }, "1 operations are still running: [" + running.String() + "]"},
	})
}

func TestAssertErrors(t *testing.T) {
	t.Parallel()
	_, canceled, running := witnessed(t)
	failure := lro.Failure{Type: lro.TypePollFailed, PollError: &lro.Status{Code: lro.CodeInternal}, Outcome: lro.Outcome{Ref: running, Cancellation: lro.CancellationFailed}}
	canceledErr := fmt.Errorf("wrapped: %w", temporal.NewCanceledError(lro.Outcome{Ref: canceled, Cancellation: lro.CancellationCanceled}))
	runAssertions(t, []assertion{
		{"failure", func(t testing.TB) bool {
			got := testsuite.AssertFailure(t, activities.NewError(failure), lro.TypePollFailed, lro.CodeInternal)
			return got.Ref == running
		}, ""},
		{"failure, another code", func(t testing.TB) bool {
			got := testsuite.AssertFailure(t, activities.NewError(failure), lro.TypePollFailed, lro.CodeAborted)
			return got.Ref == running
		}, "the failure is PollFailed with code INTERNAL, want PollFailed with code ABORTED: "},
		{"failure, another type", func(t testing.TB) bool {
			got := testsuite.AssertFailure(t, activities.NewError(failure), lro.TypeAwaitTimeout, lro.CodeInternal)
			return got.Ref == running
		}, "the failure is PollFailed with code INTERNAL, want AwaitTimeout with code INTERNAL: "},
		{"failure, none", func(t testing.TB) bool {
			got := testsuite.AssertFailure(t, nil, lro.TypePollFailed, lro.CodeInternal)
			return got.Ref == running
		}, "want a failure PollFailed with code INTERNAL, got: <nil>"},
		{"cancellation", func(t testing.TB) bool {
			return testsuite.AssertCancellation(t, canceledErr, lro.CancellationCanceled).Ref == canceled
		}, ""},
		{"cancellation of a failure", func(t testing.TB) bool {
			return testsuite.AssertCancellation(t, activities.NewError(failure), lro.CancellationFailed).Ref == running
		}, ""},
		{"cancellation, another", func(t testing.TB) bool {
			return testsuite.AssertCancellation(t, canceledErr, lro.CancellationCompleted).Ref == canceled
		}, `the cancellation is "canceled", want "completed": `},
		{"cancellation, none", func(t testing.TB) bool {
			return testsuite.AssertCancellation(t, context.Canceled, lro.CancellationCompleted).Ref == canceled
		}, `want an outcome with cancellation "completed", got: context canceled`},
	})
}

func TestSetupFailsTheTest(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		setup func(testing.TB)
		want  string
	}{
		{"service", func(t testing.TB) { testsuite.ForTest(t, testsuite.Options{PageSize: -1}) }, `testsuite: options.pageSize: "-1"; want 1 or more, or 0 for the default`},
		{"server", func(t testing.TB) {
			defer func() { _ = recover() }() // a real Fatalf does not return
			testsuite.ServeForTest(t, testsuite.ForTest(t, testsuite.Options{}), testsuite.ServerOptions{Errors: 7})
		}, `testsuite: options.errors: "7"; want ErrorsGoogle, ErrorsGateway or ErrorsLegacy`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeT{}
			row.setup(fake)
			if diff := cmp.Diff([]string{row.want}, fake.failures); diff != "" || !fake.fatal {
				t.Errorf("fatal %v (-want +got):\n%s", fake.fatal, diff)
			}
		})
	}
}

func TestServeForTestCloses(t *testing.T) {
	t.Parallel()
	fake := &fakeT{}
	server := testsuite.ServeForTest(fake, testsuite.ForTest(t, testsuite.Options{}), testsuite.ServerOptions{})
	for _, cleanup := range fake.cleanups {
		cleanup()
	}
	if got := do(t, server, "GET", opName, ""); got != "broken" || fake.failures != nil {
		t.Errorf("after its cleanup the server answers %s (failures: %q)", got, fake.failures)
	}
}
