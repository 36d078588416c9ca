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
		maxAsync int
		stopping time.Duration
	}{
		"defaults":      {"half of the SDK's slots; a stop that lets polls hand over", sdk.Options{}, activities.Options{}, 500, activities.DefaultMaxAsync, DefaultStopTimeout},
		"few slots":     {"half of the worker's slots", sdk.Options{MaxConcurrentActivityExecutionSize: 5}, activities.Options{}, 2, activities.DefaultMaxAsync, DefaultStopTimeout},
		"one slot":      {"the only slot is not held, which polls without one do not do", sdk.Options{MaxConcurrentActivityExecutionSize: 1}, activities.Options{}, activities.NeverHold, activities.DefaultMaxAsync, DefaultStopTimeout},
		"the user's":    {"what is set stays", sdk.Options{WorkerStopTimeout: time.Minute}, activities.Options{MaxHeld: 7, MaxAsync: 8}, 7, 8, time.Minute},
		"in slots only": {"so does a negative", sdk.Options{}, activities.Options{MaxAsync: -1}, 500, -1, DefaultStopTimeout},
		"never holds":   {"nor without a slot", sdk.Options{}, activities.Options{MaxHeld: activities.NeverHold}, activities.NeverHold, 0, DefaultStopTimeout},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Options{Activities: tt.polling}.configure(&tt.worker)
			if got.MaxHeld != tt.maxHeld || got.MaxAsync != tt.maxAsync || tt.worker.WorkerStopTimeout != tt.stopping {
				t.Errorf("%s: MaxHeld %d, MaxAsync %d, stop timeout %v, want %d, %d and %v",
					tt.reason, got.MaxHeld, got.MaxAsync, tt.worker.WorkerStopTimeout, tt.maxHeld, tt.maxAsync, tt.stopping)
			}
		})
	}
}
