package cli

import (
	"bytes"
	"testing"
)

// A long list tells how far it is, on a terminal alone. It leaves nothing behind.
func TestCounter(t *testing.T) {
	t.Parallel()
	const half = "\r 50% ███████████████░░░░░░░░░░░░░░░ 60 of 120 workflows\x1b[K"
	tests := map[string]struct {
		reason   string
		terminal bool
		steps    []int // workflows described, of 120
		want     string
	}{
		"long":         {"drawn in place, and cleared", true, []int{60, 60, 120}, half + half + "\r\x1b[K"},
		"one page":     {"it would flicker", true, []int{120}, ""},
		"no terminal":  {"a pipe wants results alone", false, []int{60, 120}, ""},
		"cut short":    {"an error ends it: the line is cleared, too", true, []int{60}, half + "\r\x1b[K"},
		"nothing done": {"the first drawing", true, []int{0}, "\r  0% ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 120 workflows\x1b[K\r\x1b[K"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			shown := newCounter(IO{Err: &out, Terminal: tt.terminal, Columns: func() int { return 100 }})
			for _, described := range tt.steps {
				shown.show(described, 120)
			}
			shown.end()
			if out.String() != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, out.String(), tt.want)
			}
		})
	}
}
