package e2e

import (
	"fmt"
	"testing"
	"time"
)

// The worker is killed with SIGKILL, again and again, with runs of each subject at every stage, some of them canceled.
func TestSweepKill(t *testing.T) {
	t.Parallel()
	for name, of := range sweptSubjects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newSweep(t, of, benchOptions{noWorker: true}).killAll()
		})
	}
}

func (s *sweep) killAll() {
	s.disturb(*sweepPoints)
	const atOnce = 24 // most of a run's time is that of timers
	kills := 0
	for first := 0; first < *sweepPoints; first += atOnce {
		worker := s.workerProcess()
		var running []subjectRun
		for n := first; n < min(first+atOnce, *sweepPoints); n++ {
			running = append(running, s.begin(sweepID(n), undoWindow))
		}
		for range 4 {
			s.waitForRequests(s.random.IntN(60) + 1)
			_ = worker.Process.Kill()
			_ = worker.Wait()
			kills++
			worker = s.workerProcess()
		}
		for i, r := range running {
			if i%4 == 0 {
				_ = s.client.CancelWorkflow(s.ctx, r.GetID(), r.GetRunID()) // it may have ended
			}
		}
		for i, r := range running {
			s.check(r, fmt.Sprintf("run %d, kill %d", first+i, kills), false)
		}
		_ = worker.Process.Kill()
		_ = worker.Wait()
	}
	s.t.Logf("%d kills with up to %d runs each", kills, atOnce)
	s.conclude()
}

// waitForRequests returns after n more requests, or when there are none to come.
func (s *sweep) waitForRequests(n int) {
	want := s.count() + n
	deadline := time.Now().Add(15 * time.Second)
	s.waitFor("requests", func() bool { return s.count() >= want || time.Now().After(deadline) })
}
