package e2e

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// site has the services of a subject, each scripted, and its workers reach them.
type site struct {
	*bench
	subject
	scripted map[string]*testsuite.Service // by name; Spanner's is the bench's
	requests *requestCount
}

func newSite(t *testing.T, of subject, options benchOptions) *site {
	t.Helper()
	without := options
	without.noWorker = true
	s := &site{bench: newBench(t, without), subject: of, scripted: map[string]*testsuite.Service{}, requests: newRequestCount()}
	for _, name := range of.serviceNames() {
		s.serve(name)
	}
	if !options.noWorker {
		s.startWorker(options)
	}
	return s
}

// serve serves a service, and counts what is asked of it. Cloud SQL keeps an instance whose creation has failed, and
// Compute Engine has a wait.
func (s *site) serve(name string) {
	s.t.Helper()
	service := s.service
	if name != lro.SpannerService {
		service = testsuite.ForTest(s.t, testsuite.Options{Service: name, KeepsFailed: name == sqladminService, Waits: name == computeService})
	}
	s.scripted[name] = service
	server := httptest.NewServer(s.requests.through(service.Handler()))
	s.t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	if name == lro.SpannerService {
		s.endpoint = server.URL
		return
	}
	s.others = append(s.others, rest.Service{Name: name, Endpoint: server.URL})
}

// of returns the service that has a method of the subject's.
func (s *site) of(method testsuite.Method) *testsuite.Service {
	for _, p := range s.parts("any") {
		if p.start == method || p.undo == method {
			return s.scripted[p.service]
		}
	}
	s.t.Fatalf("no step calls %s", method)
	return nil
}

// count is how many requests the services have seen.
func (s *site) count() (n int) {
	for _, service := range s.scripted {
		n += service.Count()
	}
	return n
}

// subjectRun is a run of the site's subject.
type subjectRun struct {
	client.WorkflowRun
	parts []part
}

// attemptTimeout is that of an attempt to start or delete.
const attemptTimeout = 3 * time.Second

// notFoundGrace is for how long the service may hide what it has. A run whose operation vanishes by its cancel takes it twice.
const notFoundGrace = 10 * time.Second

// begin starts a run with an id, whose undos are tried for a window.
func (s *site) begin(id string, undoWindow time.Duration) subjectRun {
	s.t.Helper()
	in := s.input(id, provision.Pace{
		Policy: brisk, Heartbeat: 2 * time.Second, AttemptTimeout: attemptTimeout,
		Quarantine: 4 * time.Second, NotFoundGrace: notFoundGrace, UndoWindow: undoWindow,
	})
	run, err := s.client.ExecuteWorkflow(s.ctx, client.StartWorkflowOptions{
		ID: fmt.Sprintf("%s-%s", s.queue, id), TaskQueue: s.queue, WorkflowTaskTimeout: 2 * time.Second,
	}, s.workflow, in)
	if err != nil {
		s.t.Fatalf("start: %v", err)
	}
	return subjectRun{run, s.parts(id)}
}
