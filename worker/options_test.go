package worker

import (
	"testing"
	"time"

	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
)

func TestConfigure(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		worker   sdk.Options
		polling  activities.Options
		maxHeld  int
		stopping time.Duration
	}{
		"defaults":    {"half of the SDK's slots; a stop that lets polls hand over", sdk.Options{}, activities.Options{}, 500, DefaultStopTimeout},
		"few slots":   {"half of the worker's slots", sdk.Options{MaxConcurrentActivityExecutionSize: 5}, activities.Options{}, 2, DefaultStopTimeout},
		"one slot":    {"the only slot is not held", sdk.Options{MaxConcurrentActivityExecutionSize: 1}, activities.Options{}, activities.NeverHold, DefaultStopTimeout},
		"the user's":  {"what is set stays", sdk.Options{WorkerStopTimeout: time.Minute}, activities.Options{MaxHeld: 7}, 7, time.Minute},
		"never holds": {"so does a negative", sdk.Options{}, activities.Options{MaxHeld: activities.NeverHold}, activities.NeverHold, DefaultStopTimeout},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Options{Activities: tt.polling}.configure(&tt.worker)
			if got.MaxHeld != tt.maxHeld || tt.worker.WorkerStopTimeout != tt.stopping {
				t.Errorf("%s: MaxHeld %d, stop timeout %v, want %d and %v", tt.reason, got.MaxHeld, tt.worker.WorkerStopTimeout, tt.maxHeld, tt.stopping)
			}
		})
	}
}
