package activities_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A poll that takes the place of another ends it at once; one that does not, or is
// another operation's, leaves it alone.
func TestSupersedes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason     string
		supersedes bool
		other      bool // whether it is another operation's
		ends       bool
	}{
		"supersedes":        {"the workflow has let go of it", true, false, true},
		"does not":          {"a workflow may await an operation twice", false, false, false},
		"another operation": {"it is not awaited in its place", true, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{RunsFor: 10 * time.Second})
			second := s.input()
			if tt.other {
				second.Ref = s.service.MustStart("projects/p/instances/i/operations/p", testsuite.Script{RunsFor: 10 * time.Second})
			}
			second.Supersedes, second.Observed = tt.supersedes, &activities.Observation{} // it sleeps before it reads
			woken, left, sleeps := make(chan struct{}), make(chan struct{}), atomic.Int32{}
			s.options.Clock = hookedClock{s.clock, func(ctx context.Context, d time.Duration) error {
				switch n := sleeps.Add(1); {
				case n == 1: // the first poll, until it is told, or the test has seen that it is not
					defer close(left)
					select {
					case <-ctx.Done():
					case <-woken:
					}
					return ctx.Err()
				case n == 2 && tt.ends: // its read would tell the first
					<-left
				}
				return s.clock.Sleep(ctx, d)
			}}
			var suite temporaltest.WorkflowTestSuite
			suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
			env := suite.NewTestWorkflowEnvironment()
			s.activities().Register(env)
			env.ExecuteWorkflow(func(ctx workflow.Context) (string, error) {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Hour, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
				first := workflow.ExecuteActivity(ctx, activities.PollOperationName, s.input())
				for sleeps.Load() == 0 { // an activity begins once the workflow yields
					if err := workflow.Sleep(ctx, 10*time.Millisecond); err != nil {
						return "", err
					}
				}
				if err := workflow.ExecuteActivity(ctx, activities.PollOperationName, second).Get(ctx, nil); err != nil {
					return "", err
				}
				if !tt.ends {
					close(woken)
				}
				var out activities.PollOutput
				if err := first.Get(ctx, &out); err != nil {
					if strings.Contains(err.Error(), "context canceled") { // as the environment has it
						return "canceled", nil
					}
					return "", err
				}
				return string(out.Operation.State()), nil
			})
			want := string(lro.StateSucceeded)
			if tt.ends {
				want = "canceled"
			}
			var got string
			if err := env.GetWorkflowResult(&got); err != nil || got != want {
				t.Errorf("%s: the first poll ended %q, %v, want %q", tt.reason, got, err, want)
			}
		})
	}
}

// A poll comes back to report at a read that it makes anyway, and the next one goes on
// when that would have read again.
func TestPollReports(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{RunsFor: 100 * time.Second, Metadata: testsuite.NoMetadata()})
	in := s.input()
	in.Policy = lro.PollPolicy{InitialInterval: 10 * time.Second, Coefficient: 1}
	in.ReportTime = start.Add(25 * time.Second)
	out, err := poll(s.activities(), in)
	if err != nil {
		t.Fatal(err)
	}
	if out.Operation.Done || out.Expired || !out.Seen || out.Polls != 4 {
		t.Errorf("%+v, want a running operation after the reads at 0, 10, 20 and 30 s", out)
	}
	observed := activities.ObservationOf(out.Operation)
	in.Observed, in.ObservedTime, in.ReportTime, in.Seen = &observed, s.clock.Now(), time.Time{}, true
	if out, err = poll(s.activities(), in); err != nil || out.Operation.State() != lro.StateSucceeded {
		t.Fatalf("%v, %+v", err, out)
	}
	for i, gap := range s.gaps() {
		if gap != 10*time.Second {
			t.Errorf("gap %d is %v, want 10 s: the report changes nothing", i, gap)
		}
	}
}
