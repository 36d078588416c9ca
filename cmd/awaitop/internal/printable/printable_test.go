package printable_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, text, want string }{
		"plain":       {"as it is", "größer, 日本", "größer, 日本"},
		"accent":      {"a mark on a letter is seen", "e\u0301", "e\u0301"},
		"escape":      {"it would color, or worse", "a\x1b[31mb", `a\u001b[31mb`},
		"bell":        {"and this would ring", "\a", `\u0007`},
		"C1":          {"another escape", "\u009b31m", `\u009b31m`},
		"DEL":         {"a control character", "\x7f", `\u007f`},
		"direction":   {"it would show text backwards", "a\u202eb", `a\u202eb`},
		"isolate":     {"so would this", "a\u2066b", `a\u2066b`},
		"new line":    {"one line stays one", "a\nb\r", `a\u000ab\u000d`},
		"separators":  {"these are new lines to some", "a\u2028b\u2029c\u0085", `a\u2028b\u2029c\u0085`},
		"tab":         {"it would move columns", "a\tb", `a\u0009b`},
		"zero width":  {"two names look alike", "a\u200bb\u200dc\ufeffd\u2060", `a\u200bb\u200dc\ufeffd\u2060`},
		"soft hyphen": {"not shown but at a line's end", "a\u00adb", `a\u00adb`},
		"no break":    {"it looks like a space", "a\u00a0b\u3000c", `a\u00a0b\u3000c`},
		"filler":      {"letters without a shape", "a\u3164b\u115fc\uffa0", `a\u3164b\u115fc\uffa0`},
		"blank":       {"nor has this symbol one", "a\u2800", `a\u2800`},
		"selector":    {"it hides what follows a letter", "a\ufe0f\U000e0101", `a\ufe0f\udb40\udd01`},
		"tags":        {"text that nobody sees", "\U000e0041", `\udb40\udc41`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := printable.Escape(tt.text); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
			encoded, _ := json.Marshal(tt.text)
			var back string
			if err := json.Unmarshal([]byte(printable.Escape(string(encoded))), &back); err != nil || back != tt.text {
				t.Errorf("JSON is read back as %q, %v", back, err)
			}
		})
	}
	if got := printable.Escape("a\xff\xfeb"); got != "a\uFFFDb" {
		t.Errorf("invalid UTF-8: %q", got)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason, text string
		max          int
		want         string
	}{
		"short":    {"as it is", "abc", 3, "abc"},
		"long":     {"cut, and said", "abcd", 3, "abc... (1 bytes more)"},
		"boundary": {"no half of a character", "aöö", 2, "a... (4 bytes more)"},
		"escaped":  {"what is cut is as it came", "\n\n\n", 2, `\u000a\u000a... (1 bytes more)`},
		"none":     {"nothing stays nothing", "", 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := printable.Line(tt.text, tt.max); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
	if got := printable.Line(strings.Repeat("x", 600<<10), printable.MaxCell); len(got) > printable.MaxCell+64 {
		t.Errorf("600 KiB are shown as %d bytes", len(got))
	}
}

func TestWriter(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	n, err := printable.Writer(&b).Write([]byte("a\x1b\nb\u200b\n"))
	if want := "a\\u001b\nb\\u200b\n"; b.String() != want || n != len("a\x1b\nb\u200b\n") || err != nil {
		t.Errorf("%q, %d, %v, want %q", b.String(), n, err, want)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\x1b\u200b\U000e0041\xff")
	f.Fuzz(func(t *testing.T, text string) {
		escaped := printable.Escape(text)
		if again := printable.Escape(escaped); again != escaped {
			t.Errorf("%q is escaped again to %q", escaped, again)
		}
		if strings.ContainsAny(escaped, "\n\r\t\x1b\u200b\u202e") {
			t.Errorf("%q", escaped)
		}
	})
}
