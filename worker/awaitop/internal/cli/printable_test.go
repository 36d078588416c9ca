package cli

import (
	"encoding/json"
	"testing"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, text, want string }{
		"plain":     {"as it is", "größer, 日本", "größer, 日本"},
		"escape":    {"it would color, or worse", "a\x1b[31mb", `a\u001b[31mb`},
		"bell":      {"and this would ring", "\a", `\u0007`},
		"C1":        {"another escape", "\u009b31m", `\u009b31m`},
		"DEL":       {"a control character", "\x7f", `\u007f`},
		"direction": {"it would show text backwards", "a\u202eb", `a\u202eb`},
		"new line":  {"one line stays one", "a\nb\r", `a\u000ab\u000d`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := printable(tt.text); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
			encoded, _ := json.Marshal(tt.text)
			var back string
			if err := json.Unmarshal([]byte(printable(string(encoded))), &back); err != nil || back != tt.text {
				t.Errorf("JSON is read back as %q, %v", back, err)
			}
		})
	}
	if got := printableLines("a\x1b\nb"); got != "a\\u001b\nb" {
		t.Errorf("%q: lines stay", got)
	}
}
