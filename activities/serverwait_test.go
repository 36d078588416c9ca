package activities_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	temporaltest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// waitCase is a service that waits, with one operation, in a bubble's time.
type waitCase struct {
	service *testsuite.Service
	ref     lro.Ref
	began   time.Time
	a       *activities.Activities
}

func newWaitCase(t *testing.T, script testsuite.Script, faults ...testsuite.Fault) waitCase {
	t.Helper()
	service := testsuite.ForTest(t, testsuite.Options{Service: "run.googleapis.com", Waits: true, Faults: faults})
	ref := service.Start("projects/p/locations/l/operations/o", script)
	a := activities.New(service, activities.Options{Random: func() float64 { return 0 }})
	return waitCase{service: service, ref: ref, began: time.Now(), a: a}
}

// lastWait is the last WaitOperation that the service saw.
func (c waitCase) lastWait(t *testing.T) testsuite.Call {
	t.Helper()
	calls := c.service.Calls(testsuite.MethodWait)
	if len(calls) == 0 {
		t.Fatal("no WaitOperation")
	}
	return calls[len(calls)-1]
}

// A held poll sees the end when it comes, at the cost of the schedule's reads.
func TestPollWaitsAtServer(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		faults []testsuite.Fault
		script testsuite.Script
		lag    time.Duration // at most
		calls  int           // at most
		end    lro.State
	}{
		"succeeds":      {"the wait is answered at the end", nil, testsuite.Script{RunsFor: 77 * time.Second}, 0, 14, lro.StateSucceeded},
		"fails":         {"a failure is an end", nil, testsuite.Script{RunsFor: 77 * time.Second, End: testsuite.Fail(lro.CodeAborted, "no")}, 0, 14, lro.StateFailed},
		"early replies": {"the schedule goes on, as without waits", []testsuite.Fault{testsuite.EarlyReply().On(testsuite.MethodWait)}, testsuite.Script{RunsFor: 77 * time.Second}, 24 * time.Second, 16, lro.StateSucceeded},
		"refused":       {"so it does without the method", []testsuite.Fault{testsuite.FailWith(lro.CodeUnimplemented, "no wait").On(testsuite.MethodWait)}, testsuite.Script{RunsFor: 77 * time.Second}, 24 * time.Second, 16, lro.StateSucceeded},
		"lost replies":  {"and where replies are lost", []testsuite.Fault{testsuite.LostReply().On(testsuite.MethodWait)}, testsuite.Script{RunsFor: 77 * time.Second}, 24 * time.Second, 16, lro.StateSucceeded},
		"cut replies":   {"or cut off", []testsuite.Fault{testsuite.CutReply().On(testsuite.MethodWait)}, testsuite.Script{RunsFor: 77 * time.Second}, 26 * time.Second, 18, lro.StateSucceeded},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newWaitCase(t, row.script, row.faults...)
				out, err := poll(c.a, activities.PollInput{Ref: c.ref, StartTime: c.began})
				lag := time.Since(c.began.Add(row.script.RunsFor))
				if err != nil || out.Operation.State() != row.end || lag > row.lag || c.service.Count() > row.calls {
					t.Errorf("%s: %s, %v, %v after the end, %d calls; want at most %v and %d", row.reason, out.Operation.State(), err, lag, c.service.Count(), row.lag, row.calls)
				}
				time.Sleep(5 * time.Minute) // until everything is at rest
			})
		})
	}
}

// Whatever ends an attempt ends its wait at the server at once.
func TestAttemptEndsServerWait(t *testing.T) {
	t.Parallel()
	const after = 95 * time.Second // amid a wait
	rows := map[string]struct {
		reason string
		input  func(*activities.PollInput, time.Time)
		end    func(stop, cancel func())
		took   time.Duration // at most
		before time.Duration // and how much less
		check  func(activities.PollOutput, error) bool
	}{
		"worker stops": {"another worker goes on", nil, func(stop, _ func()) { stop() }, after, 0,
			func(_ activities.PollOutput, err error) bool { return err != nil }},
		"canceled": {"a cancel, or an update that replaces the poll", nil, func(_, cancel func()) { cancel() }, after, 0,
			func(_ activities.PollOutput, err error) bool { return err != nil }},
		"deadline": {"the last read is made in time", func(in *activities.PollInput, began time.Time) { in.Deadline = began.Add(after) }, nil, after - time.Second, 0,
			func(out activities.PollOutput, err error) bool { return err == nil && out.Expired }},
		"yields": {"the wait goes back before its attempt's time is over", nil, nil, 450 * time.Second, 31 * time.Second,
			func(_ activities.PollOutput, err error) bool { return err != nil }},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newWaitCase(t, testsuite.Script{RunsFor: time.Hour})
				in := activities.PollInput{Ref: c.ref, StartTime: c.began}
				if row.input != nil {
					row.input(&in, c.began)
				}
				env, stopped := newEnv(), make(chan struct{})
				env.SetWorkerStopChannel(stopped)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if row.end != nil {
					time.AfterFunc(after, func() { row.end(func() { close(stopped) }, cancel) })
				}
				out, err := pollWithin(ctx, c.a, in, env)
				took := time.Since(c.began)
				synctest.Wait()
				if wait := c.lastWait(t); !row.check(out, err) || took > row.took || took < row.took-row.before || wait.EndTime.IsZero() || wait.EndTime.After(c.began.Add(took)) {
					t.Errorf("%s: %+v, %v after %v; the wait ended after %v", row.reason, out, err, took, wait.EndTime.Sub(c.began))
				}
				time.Sleep(5 * time.Minute) // until everything is at rest
			})
		})
	}
}

// A poll that waits at the server learns of progress as often as one that does not: its heartbeats have
// news at the intervals of the schedule.
func TestServerWaitBringsProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newWaitCase(t, testsuite.Script{RunsFor: 4 * time.Minute})
		if _, err := poll(c.a, activities.PollInput{Ref: c.ref, StartTime: c.began}); err != nil {
			t.Fatal(err)
		}
		last := c.began
		for _, call := range c.service.Calls() {
			if gap := call.EndTime.Sub(last); gap > 31*time.Second || call.Code != lro.CodeOK {
				t.Errorf("%s was answered %s, %v after the read before", call.Method, call.Code, gap)
			}
			last = call.EndTime
		}
	})
}

// pollWithin polls until the worker's context ends.
func pollWithin(ctx context.Context, a *activities.Activities, in activities.PollInput, env *temporaltest.TestActivityEnvironment) (activities.PollOutput, error) {
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx})
	env.SetTestTimeout(time.Hour)
	return execute[activities.PollOutput](env, a, activities.PollOperationName, in)
}
