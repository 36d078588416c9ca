package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/workflows"
)

func TestReportDifference(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason     string
		difference workflows.Difference
		given      string // flags, separated by spaces
		want       string
	}{
		"a duration":    {"as flags have it", workflows.Difference{Field: "timeout", Running: `"7200s"`, Wanted: `"60s"`}, "timeout", "  --timeout 1m0s changes nothing: the wait has 2h0m0s; change it with `awaitop set-deadline`\n"},
		"none":          {"not an empty text", workflows.Difference{Field: "timeout", Wanted: `"60s"`}, "timeout", "  --timeout 1m0s changes nothing: the wait has none; change it with `awaitop set-deadline`\n"},
		"not asked for": {"a default that differs is no news", workflows.Difference{Field: "timeout", Running: `"7200s"`}, "", ""},
		"a bool":        {"as it is", workflows.Difference{Field: "searchAttributes", Wanted: "true"}, "search-attributes", "  --search-attributes true changes nothing: the wait has none\n"},
		"policy": {"by field", workflows.Difference{Field: "policy", Running: `{"coefficient":1.3,"maximumInterval":"300s"}`, Wanted: `{"coefficient":2,"maximumInterval":"30s"}`}, "coefficient",
			"  --coefficient 2 changes nothing: the wait has 1.3; change it with `awaitop set-policy`\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said strings.Builder
			given := strings.Fields(tt.given)
			a := &awaiting{command: &command{IO: IO{Err: &said}}, isSet: func(flag string) bool { return slices.Contains(given, flag) }}
			a.reportDifference(tt.difference)
			if said.String() != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, said.String(), tt.want)
			}
		})
	}
}
