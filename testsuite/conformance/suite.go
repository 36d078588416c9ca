package conformance

import (
	stdcmp "cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// TestClient runs what every [lro.Client] must do, as parallel subtests of t.
//
// connect makes the client under test for one service. A client over HTTP is made
// for the address that service.Serve(t) returns; one over gRPC is for [TestGRPCClient]. connect closes with t.Cleanup what
// the client holds. A client may send a request more than once; each real wait
// between two attempts makes the suite longer.
//
// The rows of "wait" are for a client that is an [lro.OperationWaiter] of run.googleapis.com. They are
// skipped for any other.
func TestClient(t *testing.T, connect func(t *testing.T, service *testsuite.Service) lro.Client) {
	t.Run("get", func(t *testing.T) { run(t, connect, append(getRows(exactJSON), jsonRows()...)) })
	t.Run("errors", func(t *testing.T) { run(t, connect, append(errorRows(), httpErrorRows()...)) })
	t.Run("cancel", func(t *testing.T) { run(t, connect, cancelRows()) })
	t.Run("delete", func(t *testing.T) { run(t, connect, deleteRows()) })
	t.Run("list", func(t *testing.T) {
		run(t, connect, slices.Concat(listRows(exactJSON), aggregateRows(), refusedListRows()))
	})
	t.Run("refused", func(t *testing.T) { run(t, connect, refusedRows()) })
	t.Run("wait", func(t *testing.T) { testWaits(t, connect) })
}

type connector = func(t *testing.T, service *testsuite.Service) lro.Client

// epoch is the time at which the clock of every row stands.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// operationName is the operation of every row.
const operationName = "projects/p/instances/i/databases/d/operations/o"

// row is one rule for a client: on a service of the given options, with an
// operation of the given script, run returns want or fails with failure.
type row struct {
	name, reason string
	operation    string // "" is operationName
	script       testsuite.Script
	options      testsuite.Options
	run          func(bench) (any, error)
	want         any
	failure      *expected
}

// bench is a client, its service and the operation.
type bench struct {
	ctx     context.Context
	client  lro.Client
	service *testsuite.Service
	clock   *manualclock.Clock
	ref     lro.Ref
}

// expected is an error: its class, and of an [lro.Error] the rest. http 0 is any.
type expected struct {
	class      lro.Class
	code       lro.Code
	http       int
	reason     string
	retryAfter time.Duration
}

func run(t *testing.T, connect connector, rows []row) {
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

func newBench(t *testing.T, connect connector, row row) bench {
	t.Helper()
	clock := manualclock.New(epoch)
	row.options.Clock = clock
	service := testsuite.ForTest(t, row.options)
	if row.script.Metadata == nil {
		row.script.Metadata = testsuite.NoMetadata()
	}
	ref := service.Start(stdcmp.Or(row.operation, operationName), row.script)
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
