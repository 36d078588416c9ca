package allowed

import "testing"

func TestByAny(t *testing.T) {
	t.Parallel()
	const bigtable = "operations/projects/p/instances/i/operations/o"
	tests := map[string]struct {
		reason   string
		prefixes []string
		name     string
		want     bool
	}{
		"none":             {"nothing narrows", nil, "projects/p", true},
		"itself":           {"the resource is allowed", []string{"projects/p"}, "projects/p", true},
		"below":            {"so is what it holds", []string{"projects/x", "projects/p"}, "projects/p/instances/i", true},
		"half a segment":   {"another project", []string{"projects/p"}, "projects/p2", false},
		"above":            {"it holds more", []string{"projects/p/instances/i"}, "projects/p", false},
		"Bigtable":         {"the project stands behind the first word", []string{"projects/p"}, bigtable, true},
		"its instance":     {"the resource may be longer", []string{"projects/p/instances/i"}, bigtable, true},
		"its list":         {"as its operations", []string{"projects/p"}, "operations/projects/p/operations", true},
		"whole name":       {"a prefix may have the word, too", []string{"operations/projects/p"}, bigtable, true},
		"another's":        {"another project", []string{"projects/p"}, "operations/projects/p2/operations/o", false},
		"all projects":     {"the wildcard of AIP-159 is wider", []string{"projects/p"}, "operations/projects/-/operations", false},
		"twice":            {"the word is cut once", []string{"projects/p"}, "operations/operations/projects/p/operations/o", false},
		"bare":             {"it may be of any project", []string{"projects/p"}, "operations/cp.123", false},
		"bare, allowed":    {"by a prefix of its own", []string{"projects/p", "operations"}, "operations/cp.123", true},
		"bare, of no word": {"an id is no resource", []string{"cp.123"}, "operations/cp.1234", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ByAny(tt.prefixes, tt.name); got != tt.want {
				t.Errorf("%s: %q below %q: %t, want %t", tt.reason, tt.name, tt.prefixes, got, tt.want)
			}
		})
	}
}
