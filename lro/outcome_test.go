package lro_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func TestOutcome(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		outcome lro.Outcome
		took    time.Duration
		state   lro.State
	}{
		"zero":   {reason: "nothing seen, nothing waited", state: lro.StateRunning},
		"failed": {reason: "the operation's state", outcome: failedOutcome(), took: 90 * time.Second, state: lro.StateFailed},
		"left":   {reason: "the wait ended first", outcome: running(), took: 90 * time.Second, state: lro.StateRunning},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if took, state := tt.outcome.Duration(), tt.outcome.State(); took != tt.took || state != tt.state {
				t.Errorf("%s: %v, %v, want %v, %v", tt.reason, took, state, tt.took, tt.state)
			}
		})
	}
}
