package filter

import (
	"strings"
	"unicode"
)

// tokens are a filter's text, read up to offset.
type tokens struct {
	text   string
	offset int
}

// isNext reports whether the next token is a word, in whatever case.
func (t *tokens) isNext(word string) bool { return strings.EqualFold(t.peek(), word) }

func (t *tokens) peek() string {
	offset := t.offset
	token := t.next()
	t.offset = offset
	return token
}

// next returns the next token, "" at the end.
func (t *tokens) next() string {
	rest := t.rest()
	length := tokenLength(rest, t.afterOperator())
	t.offset = len(t.text) - len(rest) + length
	return rest[:length]
}

// skip passes over a sign that the rest of the text starts with, and reports
// whether it does.
func (t *tokens) skip(sign string) bool {
	rest, found := strings.CutPrefix(t.rest(), sign)
	if found {
		t.offset = len(t.text) - len(rest)
	}
	return found
}

func (t *tokens) rest() string { return strings.TrimLeftFunc(t.text[t.offset:], unicode.IsSpace) }

// afterOperator reports whether a value comes next: values may hold colons,
// such as a time or a type URL.
func (t *tokens) afterOperator() bool {
	before := strings.TrimRightFunc(t.text[:t.offset], unicode.IsSpace)
	return before != "" && strings.ContainsAny(before[len(before)-1:], "=<>:")
}

// tokenLength is the length of the token text starts with. Only a value may hold
// operators' signs without quotes.
func tokenLength(text string, value bool) int {
	switch {
	case text == "":
		return 0
	case text[0] == '(' || text[0] == ')':
		return 1
	case text[0] == '"':
		return quotedLength(text)
	case isOperator(text[:min(2, len(text))]):
		return min(2, len(text))
	case isOperator(text[:1]):
		return 1
	}
	stop := " \t\r\n()=!<>:"
	if value {
		stop = " \t\r\n()"
	}
	if i := strings.IndexAny(text, stop); i > 0 {
		return i
	} else if i == 0 {
		return 1
	}
	return len(text)
}

// quotedLength is the length of the quoted token text starts with, with both
// quotes; all of text if it is not closed.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
