package main_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/operatorservice/v1"

	"github.com/awaitop/awaitop/testsuite"
)

// fatalWithin bounds how long a worker without a namespace takes to end: the Temporal
// SDK puts up with the server's answers for two minutes, and the server forgets a
// namespace some seconds after it was deleted.
const fatalWithin = 4 * time.Minute

// A worker whose namespace is deleted is not ready any more, and ends by itself, with a
// message and a status of its own.
func TestFatalError(t *testing.T) {
	t.Parallel()
	const doomed = "to-be-deleted"
	namespace(t, doomed)
	s := newSite(t, testsuite.Options{})
	w := s.serve("", "TEMPORAL_NAMESPACE="+doomed)
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
	ctx, cancel := context.WithTimeout(t.Context(), fatalWithin)
	defer cancel()
	select {
	case <-w.ended:
	case <-ctx.Done():
		t.Fatalf("it goes on %v after its namespace was deleted:\n%s", fatalWithin, w.err.String())
	}
	t.Logf("gone %v after the namespace was deleted", time.Since(deleted))
	w.wants(t, 7, "awaitop: the Temporal SDK has stopped the worker", doomed)
}
