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
	canceled = service.Start(database+"/operations/canceled", testsuite.Script{RunsFor: time.Hour})
	running = service.Start(database+"/operations/running", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")})
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
	service, canceled, running := witnessed(t)
	unknown := lro.Ref{Service: lro.SpannerService, Name: database + "/operations/unknown"}
	idle := testsuite.ForTest(t, testsuite.Options{})
	runAssertions(t, []assertion{
		{"calls", func(t testing.TB) bool { return service.AssertCalls(t, testsuite.MethodGet, 2) }, ""},
		{"calls, fewer", func(t testing.TB) bool { return service.AssertCalls(t, testsuite.MethodGet, 3) }, "GetOperation was called 2 times, want 3"},
		{"calls, none", func(t testing.TB) bool { return service.AssertCalls(t, testsuite.MethodDelete, 0) }, ""},
		{"canceled", func(t testing.TB) bool { return service.AssertCanceled(t, canceled) }, ""},
		{"canceled, but refused", func(t testing.TB) bool { return service.AssertCanceled(t, running) }, "no cancel of " + running.String() + " was accepted"},
		{"canceled, but unknown", func(t testing.TB) bool { return service.AssertCanceled(t, unknown) }, "no cancel of " + unknown.String() + " was accepted"},
		{"none running", func(t testing.TB) bool { return idle.AssertNoneRunning(t) }, ""},
		{"none running, one does", func(t testing.TB) bool { return service.AssertNoneRunning(t) }, "1 operations are still running: [" + running.String() + "]"},
	})
}

// A cancel that was accepted need not end the operation.
func TestAssertCanceledButSucceeded(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.CompleteOnCancel(0)}, testsuite.Options{})
	s.play("cancel")
	runAssertions(t, []assertion{{"completed", func(t testing.TB) bool {
		return s.service.AssertCanceled(t, s.ref)
	}, s.ref.String() + " was canceled, and is succeeded"}})
}

func TestAssertLeft(t *testing.T) {
	t.Parallel()
	s := serveReady(t, testsuite.Script{End: testsuite.RunForever()}, instance)
	s.takes(createDatabase)
	const operation = database + "/operations/_auto_op_1"
	runAssertions(t, []assertion{
		{"left", func(t testing.TB) bool { return s.service.AssertNothingLeft(t) }, "left: " + database + " (CREATING); " + operation + " (CreateDatabase is running)"},
		{"left by name", func(t testing.TB) bool { return s.service.AssertNothingLeft(t, database) }, "left: " + database + " (CREATING); " + operation + " (CreateDatabase is running)"},
		{"left in another", func(t testing.TB) bool { return s.service.AssertNothingLeft(t, instance) }, "left: " + instance + " (READY); " + database + " (CREATING); " + operation},
		{"nothing of another name", func(t testing.TB) bool { return s.service.AssertNothingLeft(t, database+"2", "projects/q") }, ""},
		{"ready", func(t testing.TB) bool { return s.service.AssertReady(t, instance) }, ""},
		{"not ready", func(t testing.TB) bool { return s.service.AssertReady(t, instance, database, database+"2") }, "not ready: " + database + " is CREATING; " + database + "2 is not there"},
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

// What a test says by hand fails it if it is invalid.
func TestInvalidInputFailsTheTest(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		setup func(testing.TB)
		want  string
	}{
		"options": {func(t testing.TB) { testsuite.ForTest(t, testsuite.Options{PageSize: -1}) }, `testsuite: options.pageSize: "-1"; want 1 or more, or 0 for the default`},
		"method":  {func(t testing.TB) { testsuite.ForTest(t, testsuite.Options{}).Plan("CreateDatabas") }, `testsuite: plan: "CreateDatabas"; want a method that starts an operation, such as CreateInstance`},
		"clock":   {func(t testing.TB) { testsuite.NewEnv(t, testsuite.Options{Clock: manualclock.New(epoch)}) }, "testsuite: options.clock is set; an Env has a clock of its own"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeT{}
			func() {
				defer func() { _ = recover() }() // a real Fatalf does not return
				row.setup(fake)
			}()
			if len(fake.failures) == 0 || fake.failures[0] != row.want || !fake.fatal {
				t.Errorf("fatal %v: %q, want %q", fake.fatal, fake.failures, row.want)
			}
		})
	}
}
