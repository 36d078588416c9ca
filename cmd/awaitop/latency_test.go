package main_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// An update takes effect within a second, also while the Temporal server holds the wait.
func TestUpdateLatency(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	modes := map[control.Mode]lro.PollPolicy{
		control.ModeHeld:    {InitialInterval: 10 * time.Minute, YieldInterval: time.Hour},
		control.ModeYielded: {InitialInterval: 10 * time.Minute, YieldInterval: time.Second},
	}
	updates := map[string]struct {
		send   func(id string) error
		effect func(ref lro.Ref, id string) bool
	}{
		"poll now": {
			func(id string) error { _, err := control.PollNow(t.Context(), s.client, id); return err },
			func(ref lro.Ref, _ string) bool { return len(s.service.CallsFor(testsuite.MethodGet, ref)) >= 2 },
		},
		"set policy": {
			func(id string) error {
				_, err := control.SetPolicy(t.Context(), s.client, id, lro.PollPolicy{InitialInterval: time.Hour})
				return err
			},
			func(ref lro.Ref, _ string) bool { return len(s.service.CallsFor(testsuite.MethodGet, ref)) >= 2 },
		},
		"set deadline": {
			func(id string) error {
				_, err := control.SetDeadline(t.Context(), s.client, id, workflows.SetDeadlineInput{In: lro.DurationOf(time.Hour)})
				return err
			},
			func(ref lro.Ref, _ string) bool { return len(s.service.CallsFor(testsuite.MethodGet, ref)) >= 2 },
		},
		"cancel": {
			func(id string) error { _, err := control.Cancel(t.Context(), s.client, id, "it is enough"); return err },
			func(ref lro.Ref, _ string) bool { return len(s.service.CallsFor(testsuite.MethodCancel, ref)) == 1 },
		},
		"abandon": {
			func(id string) error { _, err := control.Abandon(t.Context(), s.client, id, ""); return err },
			func(_ lro.Ref, id string) bool {
				status, err := control.Describe(t.Context(), s.client, id, control.Options{})
				return err == nil && status.Outcome != nil && status.Outcome.Cancellation == lro.CancellationAbandoned
			},
		},
	}
	for mode, policy := range modes {
		for name, update := range updates {
			t.Run(fmt.Sprintf("%s, %s", name, mode), func(t *testing.T) {
				t.Parallel()
				var took []time.Duration
				for i := range 9 {
					ref := s.start(fmt.Sprintf("%s-%s-%d", name[:3]+name[len(name)-2:], mode, i), testsuite.Script{End: testsuite.RunForever()})
					id := s.await(ref, workflows.AwaitOptions{Policy: policy})
					eventually(t, func() error {
						if w := s.polled(id); w.Mode != mode {
							return fmt.Errorf("%+v is not %s", w, mode)
						}
						return nil
					})
					began := time.Now()
					if err := update.send(id); err != nil {
						t.Fatal(err)
					}
					for !update.effect(ref, id) {
						if time.Since(began) > 10*time.Second {
							t.Fatal("no effect in 10 s")
						}
						time.Sleep(5 * time.Millisecond)
					}
					took = append(took, time.Since(began))
					_ = s.client.TerminateWorkflow(t.Context(), id, "", "the test is over")
				}
				slices.Sort(took)
				t.Logf("median %v, longest %v", took[len(took)/2], took[len(took)-1])
				if took[len(took)/2] > time.Second || took[len(took)-1] > 3*time.Second {
					t.Errorf("median %v, longest %v; want less than 1 s and 3 s", took[len(took)/2], took[len(took)-1])
				}
			})
		}
	}
}

// Near Temporal's limit of updates for a run, 20 on the test's server, the workflow continues as new and the wait goes on.
func TestContinueAsNew(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
	id := s.await(ref, workflows.AwaitOptions{Timeout: 2 * time.Hour, Policy: lro.PollPolicy{InitialInterval: time.Hour}})
	first := s.polled(id)
	for i := range 50 {
		var err error
		switch i % 3 {
		case 0:
			_, err = control.PollNow(t.Context(), s.client, id)
		case 1:
			_, err = control.SetPolicy(t.Context(), s.client, id, lro.PollPolicy{InitialInterval: time.Hour})
		default:
			_, err = control.SetDeadline(t.Context(), s.client, id, workflows.SetDeadlineInput{In: lro.DurationOf(time.Hour + time.Duration(i)*time.Minute)})
		}
		if err != nil {
			t.Fatalf("update %d: %v", i, err)
		}
	}
	last := s.polled(id)
	if last.RunID == first.RunID {
		t.Error("50 updates did not make a new run")
	}
	if !last.StartTime.Equal(first.StartTime) {
		t.Errorf("the wait began at %v, and in the last run at %v", first.StartTime, last.StartTime)
	}
	if _, err := control.Cancel(t.Context(), s.client, id, ""); err != nil {
		t.Fatal(err)
	}
	awaitop(t, "await", ref.String(), "-t", s.queue).wants(t, 4)
}
