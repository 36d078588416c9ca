package rest

import (
	"bytes"
	"strconv"
)

// character is the first ASCII character of a text, and how many bytes it takes there: as it is, or
// escaped as in a URL (%2F), in JSON (\u002f, \/) or in HTML (&#47;, &#x2f;). The width is 0 at the
// end.
func character(text []byte) (c byte, width int) {
	if len(text) == 0 {
		return 0, 0
	}
	switch text[0] {
	case '%':
		c, width = coded(text, 1, 3, 16)
	case '\\':
		if c, width = coded(text, 2, 6, 16); width > 0 && text[1] == 'u' {
			return c, width
		}
		if width = 0; len(text) > 1 && text[1] == '/' {
			c, width = '/', 2
		}
	case '&':
		c, width = entity(text)
	}
	if width == 0 {
		return text[0], 1
	}
	return c, width
}

// coded is the character whose number stands between two places of a text.
func coded(text []byte, from, to, base int) (c byte, width int) {
	if len(text) < to || to <= from {
		return 0, 0
	}
	number, err := strconv.ParseUint(string(text[from:to]), base, 7)
	if err != nil {
		return 0, 0
	}
	return byte(number), to
}

// entity is the character of an HTML entity with a number.
func entity(text []byte) (c byte, width int) {
	const longest = len("&#x00002f;")
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end < 0 || !bytes.HasPrefix(text, []byte("&#")) {
		return 0, 0
	}
	if text[2] == 'x' || text[2] == 'X' {
		c, width = coded(text, 3, end, 16)
	} else {
		c, width = coded(text, 2, end, 10)
	}
	if width == 0 {
		return 0, 0
	}
	return c, end + 1
}
