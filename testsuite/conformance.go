package testsuite

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
)

// Connect makes the client under test for a service of its own. A client over
// HTTP starts a [Server] for it ([ServeForTest]); what has to be closed is
// closed with t.Cleanup.
type Connect func(t *testing.T, service *Service) lro.Client

// TestClient is the conformance suite of [lro.Client]: it runs what every
// implementation must do as parallel subtests of t. A client may send a request
// more than once; one that waits between attempts makes the suite that much
// longer.
func TestClient(t *testing.T, connect Connect) {
	t.Run("get", func(t *testing.T) { runConformance(t, connect, getRows()) })
	t.Run("errors", func(t *testing.T) { runConformance(t, connect, errorRows()) })
	t.Run("cancel", func(t *testing.T) { runConformance(t, connect, cancelRows()) })
	t.Run("delete", func(t *testing.T) { runConformance(t, connect, deleteRows()) })
	t.Run("list", func(t *testing.T) { runConformance(t, connect, append(listRows(), refusedListRows()...)) })
	t.Run("refused", func(t *testing.T) { runConformance(t, connect, refusedRows()) })
}

// conformanceTime is where the clock of every row stands.
var conformanceTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// conformanceName is the operation every row is about.
const conformanceName = "projects/p/instances/i/databases/d/operations/o"

// row is one thing a client must do: with an operation of the given script,
// run, and what it returns is want.
type row struct {
	name, reason string
	script       Script
	options      Options
	run          func(bench) (any, error)
	want         any
	failure      *expected
}

// bench is what a row works on.
type bench struct {
	ctx     context.Context
	client  lro.Client
	service *Service
	clock   *manualclock.Clock
	ref     lro.Ref
}

// expected is what an error must be: its class, and of an [lro.Error]
// the rest. http 0 is any.
type expected struct {
	class      lro.Class
	code       lro.Code
	http       int
	reason     string
	retryAfter time.Duration
}

func runConformance(t *testing.T, connect Connect, rows []row) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := row.run(newBench(t, connect, row))
			if row.failure != nil {
				row.failure.check(t, err, row.reason)
				return
			}
			if err != nil {
				t.Fatalf("unexpected error (%s): %v", row.reason, err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func newBench(t *testing.T, connect Connect, row row) bench {
	t.Helper()
	clock := manualclock.New(conformanceTime)
	row.options.Clock = clock
	service := ForTest(t, row.options)
	if row.script.Metadata == nil {
		row.script.Metadata = NoMetadata()
	}
	ref, err := service.Start(conformanceName, row.script)
	if err != nil {
		t.Fatal(err)
	}
	return bench{ctx: t.Context(), client: connect(t, service), service: service, clock: clock, ref: ref}
}

func (e expected) check(t *testing.T, err error, why string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one of class %q (%s)", e.class, why)
	}
	if got := lro.Classify(err); got != e.class {
		t.Errorf("class %q, want %q (%s): %v", got, e.class, why, err)
	}
	if e.class == lro.ClassInvalid || e.class == lro.ClassProtocol {
		return // those need not be an Error of the service's
	}
	var failed *lro.Error
	if !errors.As(err, &failed) {
		t.Fatalf("error %v (%T) is no *lro.Error (%s)", err, err, why)
	}
	e.checkError(t, failed, why)
}

func (e expected) checkError(t *testing.T, failed *lro.Error, why string) {
	t.Helper()
	if e.code != lro.CodeOK && failed.Status.Code != e.code {
		t.Errorf("code %s, want %s (%s): %v", failed.Status.Code, e.code, why, failed)
	}
	if e.http != 0 && failed.HTTP != e.http {
		t.Errorf("HTTP %d, want %d (%s)", failed.HTTP, e.http, why)
	}
	if reason, _ := failed.Status.Reason(); reason != e.reason {
		t.Errorf("reason %q, want %q (%s)", reason, e.reason, why)
	}
	if failed.RetryAfter != e.retryAfter {
		t.Errorf("RetryAfter %v, want %v (%s)", failed.RetryAfter, e.retryAfter, why)
	}
	if failed.Method == "" {
		t.Errorf("the error names no method (%s)", why)
	}
}
