package starters_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
)

// The key of an undo is a key, whatever the id of the operation that is undone.
func TestUndoKey(t *testing.T) {
	t.Parallel()
	key := "awaitop_" + strings.Repeat("0", 32)
	rows := []struct {
		reason string
		id     string
		n      int
		want   string // "" for one with a hash
	}{
		{"the key", key, 1, key + "_undo"},
		{"its second operation", key, 2, key + "_undo2"},
		{"a later generation", key + "_2", 1, key + "_2_undo"},
		{"the longest id that leaves room", key + "_12345", 1, key + "_12345_undo"},
		{"too long", key + "_123456", 1, ""},
		{"another separator", key + "-1", 1, ""},
		{"upper case", key + "_A", 3, ""},
	}
	seen := map[string]string{}
	for _, row := range rows {
		got := starters.UndoKey(row.id, row.n)
		in := starters.StartInput{Target: "things/t", Key: got, Since: time.Unix(1, 0)}
		if row.want != "" && got != row.want || in.Validate() != nil || !strings.Contains(got, starters.UndoSuffix) {
			t.Errorf("%s: got %s, want %s; %v", row.reason, got, row.want, in.Validate())
		}
		if seen[got] != "" {
			t.Errorf("%s: %s is that of %s", row.reason, got, seen[got])
		}
		seen[got] = row.reason
	}
}
