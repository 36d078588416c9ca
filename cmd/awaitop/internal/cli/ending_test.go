package cli

import "testing"

// An end that several waits share names some of them, and how many more there are.
func TestAmbiguousEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		ids    []string
		want   string
	}{
		"two":  {"both are named", []string{"await://x/a/o", "b/o"}, "o: the names of 2 running waits end so: //x/a/o, b/o"},
		"five": {"the rest is counted", []string{"a/o", "b/o", "c/o", "d/o", "e/o"}, "o: the names of 5 running waits end so: a/o, b/o, c/o, and 2 more"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ambiguous("o", tt.ids).Error(); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
