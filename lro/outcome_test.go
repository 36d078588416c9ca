package lro_test

import (
	"math"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func TestAddPolls(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason            string
		polls, more, want int
	}{
		"sum":       {"of both", 3, 4, 7},
		"none":      {"a negative number adds none", 3, math.MinInt, 3},
		"from none": {"and neither does one before", -3, 4, 4},
		"most":      {"no sum overflows", math.MaxInt, math.MaxInt, lro.MaxPolls},
		"full":      {"nor goes on from there", lro.MaxPolls, 1, lro.MaxPolls},
	}
	for name, tt := range tests {
		if got := lro.AddPolls(tt.polls, tt.more); got != tt.want || lro.ValidatePolls("polls", got) != nil {
			t.Errorf("%s: %s: %d, want %d", name, tt.reason, got, tt.want)
		}
	}
}

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
