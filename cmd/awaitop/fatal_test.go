package main_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"go.temporal.io/api/operatorservice/v1"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/cli"
	"github.com/awaitop/awaitop/testsuite"
)

// impatientVariable in its environment makes this test binary the awaitop binary, with an impatient Temporal SDK.
const impatientVariable = "AWAITOP_TEST_IMPATIENT"

// sdkPatience is for how long the Temporal SDK polls on after a refusal that is final. Two minutes are its default.
//
//go:linkname sdkPatience go.temporal.io/sdk/internal.retryLongPollGracePeriod
var sdkPatience time.Duration

// beImpatient is the awaitop binary whose SDK polls on for 3 s only. It returns the exit status.
func beImpatient() int {
	sdkPatience = 3 * time.Second
	return cli.Run(context.Background(), os.Args[1:], cli.Standard())
}

// fatalWithin bounds how long an impatient worker without a namespace takes to end. The server forgets a deleted
// namespace after some seconds, the polls under way end after 10 s, and the SDK's backoff between polls grows to 10 s.
const fatalWithin = time.Minute

// A worker whose namespace is deleted is not ready any more. It ends by itself, with a message and an exit status
// of its own.
func TestFatalError(t *testing.T) {
	t.Parallel()
	const doomed = "to-be-deleted"
	namespace(t, doomed)
	s := newSite(t, testsuite.Options{})
	s.binary = os.Args[0]
	w := s.serve("", "TEMPORAL_NAMESPACE="+doomed, impatientVariable+"=true")
	w.ready(t)
	if _, err := s.client.OperatorService().DeleteNamespace(t.Context(), &operatorservice.DeleteNamespaceRequest{Namespace: doomed}); err != nil {
		t.Fatal(err)
	}
	deleted := time.Now()
	eventually(t, func() error {
		if status, body := w.page(t, "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, doomed) {
			return fmt.Errorf("/readyz: %d %s", status, body)
		}
		return nil
	})
	t.Logf("not ready %v after the namespace was deleted", time.Since(deleted))
	if status, body := w.page(t, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d %s while the process lives", status, body)
	}
	select {
	case <-w.ended:
	case <-time.After(fatalWithin):
		t.Fatalf("it goes on %v after its namespace was deleted:\n%s", fatalWithin, w.err.String())
	}
	t.Logf("gone %v after the namespace was deleted", time.Since(deleted))
	w.wants(t, 7, "awaitop: the Temporal SDK has stopped the worker", doomed)
}
