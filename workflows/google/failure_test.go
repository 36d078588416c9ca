package google_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The failure of an earlier try is not reported for that of a start, although the service answers its
// requestId with it, and a start whose own operation fails starts no other.
func TestFailuresUnderRequestID(t *testing.T) {
	t.Parallel()
	fails := func(after time.Duration) testsuite.Script {
		return testsuite.Script{RunsFor: after, End: testsuite.Fail(lro.CodeInternal, "out of luck")}
	}
	rows := map[string]struct {
		reason  string
		plan    []testsuite.Script
		lost    bool // the reply to the first call
		pause   time.Duration
		retried bool // the second start is of a retry of the workflow
		tries   int  // starts
		started int  // operations
		fails   bool // the last start's operation
	}{
		"at once":         {"the call has begun it", []testsuite.Script{fails(0)}, false, 0, false, 1, 1, true},
		"at once, lost":   {"an earlier call of the start has begun it", []testsuite.Script{fails(0), {}}, true, 0, false, 1, 1, true},
		"soon, lost":      {"it has failed before the next attempt", []testsuite.Script{fails(2 * time.Second), {}}, true, 0, false, 1, 1, true},
		"step run again":  {"the failure of the minute before is the first run's", []testsuite.Script{fails(20 * time.Second), {RunsFor: time.Minute}}, false, 30 * time.Second, false, 2, 2, false},
		"workflow retry":  {"the list shows it", []testsuite.Script{fails(0), {RunsFor: time.Minute}}, false, 20 * time.Second, true, 2, 2, false},
		"long after":      {"it is older than clocks differ", []testsuite.Script{fails(0), {RunsFor: time.Minute}}, false, 10 * time.Minute, false, 2, 2, false},
		"and fails again": {"the second failure is the second start's", []testsuite.Script{fails(0)}, false, 10 * time.Minute, true, 2, 2, true},
	}
	for name, c := range byRequestID() {
		for row, tt := range rows {
			t.Run(name+"/"+row, func(t *testing.T) {
				t.Parallel()
				method := testsuite.Method(c.method)
				var faults []testsuite.Fault
				if tt.lost {
					faults = append(faults, testsuite.LostReply().On(method).Times(1))
				}
				env := c.env(t, testsuite.Script{}, faults...)
				env.Plan(method, tt.plan...)
				env.ExecuteWorkflow(func(ctx workflow.Context) error {
					b := newByHand(ctx, c)
					for n := range tt.tries {
						out, err := b.start("mine", n > 0 && tt.retried)
						if err != nil {
							return err
						}
						if last := n == tt.tries-1; last && out.Operation.Done && (out.Operation.Error != nil) != tt.fails {
							t.Errorf("%s: it has %s, %v", tt.reason, out.Ref, out.Operation.Error)
						}
						_ = workflow.Sleep(ctx, tt.pause)
					}
					return nil
				})
				if err := env.GetWorkflowError(); err != nil {
					t.Error(err)
				}
				env.AssertStarted(t, method, c.target, tt.started)
			})
		}
	}
}
