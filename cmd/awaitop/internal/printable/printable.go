package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of texts, in bytes.
const (
	// MaxCell bounds a text beside others, such as a cell of a table. An operation's name takes up to 2 KiB.
	MaxCell = 4 << 10
	// MaxLine bounds a message on a line of its own. It may name hundreds of resources.
	MaxLine = 64 << 10
	// MaxDocument bounds a document, such as a response. It is what fits a Temporal payload.
	MaxDocument = 1 << 20
)

// Line returns text as one line: cut to max bytes by [Cut], and escaped by [Escape], line breaks too.
func Line(text string, max int) string { return Escape(Cut(text, max)) }

// Cut returns the first max bytes of text at most, without a part of a character. If it cuts, it adds how many bytes it
// left out.
func Cut(text string, max int) string {
	if len(text) <= max {
		return text
	}
	for max > 0 && !utf8.RuneStart(text[max]) {
		max--
	}
	return fmt.Sprintf("%s... (%d bytes more)", text[:max], len(text)-max)
}

// Escape returns text with hidden characters escaped as in JSON, so that JSON keeps its meaning. Hidden characters are
// control characters, characters that change the direction of writing, zero-width characters, and every blank but the
// space: they control a terminal, or make two texts look alike. Invalid UTF-8 becomes U+FFFD.
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

// brailleBlank is a braille pattern without dots.
const brailleBlank = '\u2800'

// isHidden reports whether a character shows nothing by itself. Letters and marks that are for layout only count too.
func isHidden(r rune) bool {
	return !unicode.IsPrint(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
