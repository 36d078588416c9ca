package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/testsuite"
)

// Between two reads the bar moves by the estimate, and says so.
func TestRecordingAwait(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.queue = "backups"
	s.serve("")
	const name = "projects/shop/instances/orders/backups/nightly/operations/o"
	s.service.Start(name, testsuite.Script{
		RunsFor:  40 * time.Second,
		End:      testsuite.Succeed(`{"name":"projects/shop/instances/orders/backups/nightly","state":"READY"}`),
		Metadata: testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil),
	})
	f := newFilm(t, "await", "await: the bar moves between two reads, by an estimate", 110)
	f.run("await", name, "-t", s.queue)
	f.frame("the wait has begun", "running")
	f.frame("a percentage was read: it has no mark, and the next read is far", "% █")
	f.frame("the bar moves by the estimate, which has a mark", "~6")
	f.frame("until the next read", "~8")
	f.frame("the operation has ended", "succeeded after")
	f.process.wait(t).wants(t, 0)
}

// A task queue without a worker is named before anything is started, with those that have one.
func TestRecordingWrongQueue(t *testing.T) {
	t.Parallel()
	const name, queue = "projects/shop/instances/orders/backups/nightly/operations/o", "backups"
	in := "TEMPORAL_NAMESPACE=wrong-queue"
	namespace(t, "wrong-queue")
	s := newSite(t, testsuite.Options{})
	s.queue = queue
	s.serve("", in)
	earlier := s.service.Start(strings.Replace(name, "nightly", "earlier", 1), testsuite.Script{RunsFor: time.Second})
	environment := []string{in, "TEMPORAL_ADDRESS=" + dev.Address()}
	startIn(t, environment, "await", earlier.String(), "-t", queue).wait(t).wants(t, 0)
	eventually(t, func() error { // the server's list lags behind
		if p := startIn(t, environment, "list", "--closed").wait(t); !strings.Contains(p.out.String(), "earlier") {
			return fmt.Errorf("not listed yet:\n%s", p.out.String())
		}
		return nil
	})

	f := newFilm(t, "wrong-queue", "await: a task queue that no worker polls", 110)
	f.environment = []string{in}
	f.run("await", name)
	f.frame("one line says what the command waits for", "no worker polls the task queue awaitop yet")
	f.frame("nothing was started; this task queue has workers", "awaitop is served on "+queue)
	f.process.wait(t).wants(t, 1)
	s.service.Start(name, testsuite.Script{RunsFor: 8 * time.Second, Metadata: testsuite.NoMetadata()})
	f.run("await", name, "-t", queue)
	f.frame("there a worker takes the wait", "running")
	f.frame("the operation has ended", "succeeded after")
	f.process.wait(t).wants(t, 0)
}
