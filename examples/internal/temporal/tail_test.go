package temporal

import (
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxTail)
	tests := map[string]struct {
		reason string
		writes []string
		want   string
	}{
		"none":  {"the server has logged nothing", nil, ""},
		"short": {"all of it", []string{"one\n", "two\n"}, "one\ntwo\n"},
		"long":  {"its end tells why the server failed", []string{"one\n", long, "end"}, long[:maxTail-len("end")] + "end"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var kept tail
			for _, text := range tt.writes {
				if n, err := kept.Write([]byte(text)); n != len(text) || err != nil {
					t.Errorf("%d, %v", n, err)
				}
			}
			if got := string(kept.bytes()); got != tt.want {
				t.Errorf("%s: %d bytes, want %d", tt.reason, len(got), len(tt.want))
			}
		})
	}
}
