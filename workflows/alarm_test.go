package workflows

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	temporaltest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
)

// One timer bounds any number of parts. It is set anew for a part that has to end sooner, and
// for the parts that are left when it rings.
func TestAlarm(t *testing.T) {
	t.Parallel()
	type part struct{ begins, lasts, limit time.Duration }
	tests := map[string]struct {
		reason string
		parts  []part
		rang   []bool
		timers int
	}{
		"in time":       {"one timer, which never fires", []part{{0, time.Minute, time.Hour}}, []bool{false}, 1},
		"one by one":    {"what follows leaves the timer as it is", []part{{0, time.Minute, time.Hour}, {2 * time.Minute, time.Minute, time.Hour}, {4 * time.Minute, time.Minute, time.Hour}}, []bool{false, false, false}, 1},
		"too long":      {"it is canceled", []part{{0, 2 * time.Hour, time.Hour}}, []bool{true}, 1},
		"two too long":  {"the timer is set again for the second", []part{{0, 3 * time.Hour, time.Hour}, {time.Minute, 3 * time.Hour, time.Hour + time.Minute}}, []bool{true, true}, 2},
		"second sooner": {"the timer is set to the earlier time, and again for the later", []part{{0, 3 * time.Hour, 2 * time.Hour}, {time.Minute, 3 * time.Hour, time.Hour}}, []bool{true, true}, 3},
		"past":          {"its time is up as it begins", []part{{0, time.Hour, -time.Minute}}, []bool{true}, 1},
		"no more left":  {"a timer that rings for none is not set again", []part{{0, time.Minute, time.Hour}, {2 * time.Hour, time.Minute, time.Hour}}, []bool{false, false}, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite temporaltest.WorkflowTestSuite
			suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
			env := suite.NewTestWorkflowEnvironment()
			timers := 0
			parts := map[time.Duration]bool{} // the test's own timers, by how long they are
			for _, p := range tt.parts {
				parts[p.begins], parts[p.lasts] = true, true
			}
			rang := make([]bool, len(tt.parts))
			env.SetOnTimerScheduledListener(func(_ string, d time.Duration) {
				if !parts[d] {
					timers++
				}
			})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				var a alarm
				group := workflow.NewWaitGroup(ctx)
				for i, p := range tt.parts {
					group.Add(1)
					workflow.Go(ctx, func(ctx workflow.Context) {
						defer group.Done()
						_ = workflow.Sleep(ctx, p.begins)
						ctx, b := a.bound(ctx, workflow.Now(ctx).Add(p.limit+time.Second)) // no timer of the test's is as long
						err := workflow.Sleep(ctx, p.lasts)
						rang[i] = b.rang
						if failed := b.explain(err); (failed != nil) != b.rang {
							t.Errorf("%v, rang: %t", failed, b.rang)
						}
						b.close()
					})
				}
				group.Wait(ctx)
				a.stop()
				return nil
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(rang, tt.rang) || timers != tt.timers {
				t.Errorf("%s: rang %v with %d timers, want %v with %d", tt.reason, rang, timers, tt.rang, tt.timers)
			}
		})
	}
}
