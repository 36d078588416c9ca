package e2e

import (
	"testing"

	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// registrar is a registry as frameworks wrap a worker: logged, or restricted.
type registrar struct{ sdk.Registry }

// A worker that is registered with through a wrapper holds polls as any other does.
func TestWrappedRegistry(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		wrap    func(sdk.Registry) worker.Registry
		options activities.Options
		held    bool
	}{
		"plain":        {"the worker itself", func(r sdk.Registry) worker.Registry { return r }, activities.Options{}, true},
		"wrapped":      {"what wraps it, by default", func(r sdk.Registry) worker.Registry { return registrar{r} }, activities.Options{}, true},
		"wrapped, 100": {"and with options", func(r sdk.Registry) worker.Registry { return registrar{r} }, activities.Options{MaxHeld: 100}, true},
		"never":        {"which may say that none is held", func(r sdk.Registry) worker.Registry { return registrar{r} }, activities.Options{MaxHeld: activities.NeverHold}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{noWorker: true})
			w := sdk.New(b.client, b.queue, sdk.Options{WorkerStopTimeout: worker.DefaultStopTimeout})
			worker.Register(tt.wrap(w), b.service, tt.options)
			if err := w.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(w.Stop)
			run := b.start(b.operation(testsuite.Script{End: testsuite.RunForever()}), workflows.AwaitOptions{})
			b.waitForPolls(5)
			status, err := control.Describe(b.ctx, b.client, run.ID, control.Options{WithoutQuery: true})
			if err != nil || len(status.Waits) != 1 {
				t.Fatalf("%v, %v, want a wait", status, err)
			}
			if attempt := status.Waits[0].Attempt; (attempt == 1) != tt.held {
				t.Errorf("%s: attempt %d after 5 reads, held: %t", tt.reason, attempt, tt.held)
			}
		})
	}
}
