package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of what is shown, in bytes.
const (
	// MaxCell is for what stands beside other things: an operation's name takes 2 KiB.
	MaxCell = 4 << 10
	// MaxLine is for a message of its own, which may name hundreds of resources.
	MaxLine = 64 << 10
	// MaxDocument is for what was asked for by itself, such as a response: what fits a
	// Temporal payload.
	MaxDocument = 1 << 20
)

// Line is text as one line of at most max bytes and a mark where it is cut: escaped as
// [Escape] has it, new lines among the rest.
func Line(text string, max int) string { return Escape(Cut(text, max)) }

// Cut is text of at most max bytes, cut between two characters, and then how much more
// there was.
func Cut(text string, max int) string {
	if len(text) <= max {
		return text
	}
	for max > 0 && !utf8.RuneStart(text[max]) {
		max--
	}
	return fmt.Sprintf("%s... (%d bytes more)", text[:max], len(text)-max)
}

// Escape is text without what a terminal would act on, and without what hides in it, moves
// it or makes two texts look alike: control characters, those that change the direction
// of writing, zero-width ones, and every blank but the space. They are escaped as JSON
// escapes them, so that JSON stays what it is. Invalid UTF-8 becomes U+FFFD.
func Escape(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.IndexFunc(text, isHidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !isHidden(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.String()
}

// brailleBlank is a symbol of no dots.
const brailleBlank = '\u2800'

// isHidden reports whether a character shows nothing by itself. Some letters and marks
// are for layout only, and are not to be shown either.
func isHidden(r rune) bool {
	return !unicode.IsPrint(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
