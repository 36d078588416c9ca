package polls_test

import (
	"math"
	"testing"

	"github.com/awaitop/awaitop/internal/polls"
)

func TestAdd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason            string
		polls, more, want int
	}{
		"sum":       {"of both", 3, 4, 7},
		"none":      {"a negative number adds none", 3, math.MinInt, 3},
		"from none": {"and neither does one before", -3, 4, 4},
		"most":      {"no sum overflows", math.MaxInt, math.MaxInt, polls.Max},
		"full":      {"nor goes on from there", polls.Max, 1, polls.Max},
	}
	for name, tt := range tests {
		if got := polls.Add(tt.polls, tt.more); got != tt.want || polls.Validate("polls", got) != nil {
			t.Errorf("%s: %s: %d, want %d", name, tt.reason, got, tt.want)
		}
	}
}
