package cli

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason     string
		name       string
		candidates []string
		want       string
	}{
		"letter":  {"one is missing", "order", []string{"awaitop", "orders"}, "orders"},
		"swapped": {"two edits", "odrers", []string{"awaitop", "orders"}, "orders"},
		"closer":  {"the fewest edits", "spaner.googleapis.com", []string{"spinner.googleapis.com", "spanner.googleapis.com"}, "spanner.googleapis.com"},
		"other":   {"another name", "billing", []string{"awaitop", "orders"}, ""},
		"short":   {"two of four letters make another name", "jobs", []string{"logs"}, ""},
		"none":    {"nothing to suggest", "orders", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := nearest(tt.name, tt.candidates); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
