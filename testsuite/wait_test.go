package testsuite_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A WaitOperation answers at once when its operation ends, whatever ends it.
func TestWaitAnswersAtTheEnd(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		end    func(t *testing.T, s *testsuite.Service, ref lro.Ref)
		code   lro.Code
	}{
		"finish": {"the test ends it", func(_ *testing.T, s *testsuite.Service, ref lro.Ref) { s.Finish(ref, testsuite.Succeed(nil)) }, lro.CodeOK},
		"cancel": {"a caller ends it", func(t *testing.T, s *testsuite.Service, ref lro.Ref) {
			if err := s.CancelOperation(t.Context(), ref); err != nil {
				t.Error(err)
			}
		}, lro.CodeCanceled},
		"delete": {"nothing is left to work on", func(_ *testing.T, s *testsuite.Service, _ lro.Ref) {
			s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodDelete, "/v1/"+instance, nil))
		}, lro.CodeNotFound},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := testsuite.ForTest(t, testsuite.Options{Waits: true})
				s.Put(instance, nil)
				ref, began := s.Start(instance+"/operations/o", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(0)}), time.Now()
				waited := make(chan lro.Operation)
				go func() {
					op, err := s.WaitOperation(t.Context(), ref, time.Minute)
					if err != nil {
						t.Error(err)
					}
					waited <- op
				}()
				synctest.Wait() // it sleeps
				row.end(t, s, ref)
				op, code := <-waited, lro.CodeOK
				if op.Error != nil {
					code = op.Error.Code
				}
				if !op.Done || code != row.code || time.Since(began) > 0 {
					t.Errorf("%s: it answered after %s: done %t, %s, want %s", row.reason, time.Since(began), op.Done, code, row.code)
				}
			})
		})
	}
}
