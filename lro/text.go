package lro

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clip shortens s to at most n bytes, on a character's boundary, and marks the
// cut with three dots more.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}

// oneLine makes text fit into a message: cut to n bytes, white space collapsed, without characters
// that would steer a terminal, and valid UTF-8, because Temporal cannot send anything else.
func oneLine(text string, n int) string {
	text = strings.ToValidUTF8(clip(text, n), "\uFFFD")
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '\uFFFD'
		}
		return c
	}, text)
	return clip(text, n) // a replacement is three bytes
}
