package workflows

import "testing"

func TestWindowFor(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason          string
		window, largest int
		want            int
	}{
		"default":        {"small commands leave the default", 0, 2 << 10, DefaultWindow},
		"option":         {"an option counts", MaxWindow, 2 << 10, MaxWindow},
		"large requests": {"2 MiB in a task", 0, 100 << 10, 20},
		"largest":        {"a request of 1 MiB fits beside another", 0, 1 << 20, 2},
		"larger":         {"at least one runs", 0, 3 << 20, 1},
		"narrow":         {"an option below counts", 5, 100 << 10, 5},
	}
	for name, row := range rows {
		if got := windowFor(row.window, row.largest); got != row.want {
			t.Errorf("%s: %s: %d, want %d", name, row.reason, got, row.want)
		}
	}
}
