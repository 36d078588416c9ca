package cli

import (
	"fmt"
	"strings"
	"unicode"
)

// printable is text without what a terminal would act on, or what would hide in it:
// control characters, and those that change the direction of writing. They are
// escaped as JSON escapes them, so that JSON stays what it is. The API's texts, and
// the reasons of those who cancel, may hold anything.
func printable(text string) string {
	if strings.IndexFunc(text, isHidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isHidden(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isHidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// printableLines is printable of each line.
func printableLines(text string) string {
	all := strings.Split(text, "\n")
	for i, line := range all {
		all[i] = printable(line)
	}
	return strings.Join(all, "\n")
}
