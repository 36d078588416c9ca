package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
)

// A record of the log takes one line of bounded length.
func TestLog(t *testing.T) {
	t.Parallel()
	forged := "no such thing\n\u200btime=2026-01-02T03:04:05Z level=INFO msg=\"all is well\"\x1b[2J\u202e\u115f"
	tests := map[string]struct {
		reason string
		value  any
	}{
		"text":   {"an attribute", forged},
		"error":  {"a failure", errors.New(forged)},
		"long":   {"600 KiB of a service", strings.Repeat("x", 600<<10)},
		"failed": {"and in an error", errors.New(strings.Repeat("x", 600<<10))},
		"nil":    {"no error at all", (*FatalError)(nil)},
	}
	for name, tt := range tests {
		for _, format := range []string{"text", "json"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				var b bytes.Buffer
				handler, err := Log{Level: "info", Format: format}.handler(&b)
				if err != nil {
					t.Fatal(err)
				}
				slog.New(handler).Info("failed", "error", tt.value)
				line := b.String()
				if strings.Count(line, "\n") != 1 || strings.ContainsAny(line, "\u200b\x1b\u202e\u115f") || len(line) > printable.MaxLine+200 {
					t.Errorf("%s: %d bytes, %.200q, want one line of what can be seen", tt.reason, len(line), line)
				}
				if format == "json" && !json.Valid([]byte(line)) {
					t.Errorf("%s: %.200q is not JSON", tt.reason, line)
				}
				if !strings.HasPrefix(line, "time=") && !strings.HasPrefix(line, `{"time":"20`) {
					t.Errorf("%.50q does not begin with the time", line)
				}
			})
		}
	}
}
