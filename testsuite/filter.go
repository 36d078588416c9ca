package testsuite

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// filter is a list filter in the language Spanner documents for its operations:
// comparisons of a field with a value by = != < <= > >= or ":" (contains, "*"
// for presence), joined by AND (also by mere juxtaposition), OR and NOT, with
// parentheses. Field names may be in snake_case or camelCase; values may be
// quoted.
type filter func(root any) bool

func (f filter) matches(body json.RawMessage) bool {
	if f == nil {
		return true
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	return decoder.Decode(&root) == nil && f(root)
}

// parseFilter reads a filter; the empty one is nil and matches everything.
func parseFilter(text string) (filter, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := &filterParser{text: text}
	f, err := p.or()
	if err == nil && p.peek() != "" {
		err = fmt.Errorf("filter %q: %q is unexpected", text, p.peek())
	}
	return f, err
}

type filterParser struct {
	text   string
	offset int
}

func (p *filterParser) or() (filter, error) {
	left, err := p.and()
	for err == nil && strings.EqualFold(p.peek(), "OR") {
		p.next()
		var right filter
		first := left
		if right, err = p.and(); err == nil {
			left = func(root any) bool { return first(root) || right(root) }
		}
	}
	return left, err
}

func (p *filterParser) and() (filter, error) {
	left, err := p.not()
	for err == nil && p.peek() != "" && p.peek() != ")" && !strings.EqualFold(p.peek(), "OR") {
		if strings.EqualFold(p.peek(), "AND") {
			p.next()
		}
		var right filter
		first := left
		if right, err = p.not(); err == nil {
			left = func(root any) bool { return first(root) && right(root) }
		}
	}
	return left, err
}

func (p *filterParser) not() (filter, error) {
	switch token := p.peek(); {
	case strings.EqualFold(token, "NOT"):
		p.next()
		inner, err := p.not()
		return func(root any) bool { return !inner(root) }, err
	case token == "(":
		p.next()
		inner, err := p.or()
		if err == nil && p.next() != ")" {
			err = fmt.Errorf("filter %q: a parenthesis is not closed", p.text)
		}
		return inner, err
	default:
		return p.comparison()
	}
}

func (p *filterParser) comparison() (filter, error) {
	field, operator, value := p.next(), p.next(), p.next()
	if field == "" || !isOperator(operator) || value == "" || strings.ContainsAny(value[:1], "()") {
		return nil, fmt.Errorf("filter %q: want FIELD OPERATOR VALUE near %q", p.text, field+operator+value)
	}
	if unquoted, err := strconv.Unquote(value); err == nil {
		value = unquoted
	}
	path := strings.Split(field, ".")
	return func(root any) bool { return compare(lookup(root, path), operator, value) }, nil
}

func isOperator(token string) bool {
	switch token {
	case "=", "!=", "<", "<=", ">", ">=", ":":
		return true
	default:
		return false
	}
}

func (p *filterParser) peek() string {
	offset := p.offset
	token := p.next()
	p.offset = offset
	return token
}

// next returns the next token, "" at the end.
func (p *filterParser) next() string {
	rest := strings.TrimLeftFunc(p.text[p.offset:], unicode.IsSpace)
	length := tokenLength(rest, p.afterOperator())
	p.offset = len(p.text) - len(rest) + length
	return rest[:length]
}

// afterOperator reports whether a value comes next: values may hold colons,
// such as a time or a type URL.
func (p *filterParser) afterOperator() bool {
	before := strings.TrimRightFunc(p.text[:p.offset], unicode.IsSpace)
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

// lookup returns the value at a path of field names, nil if there is none.
func lookup(root any, path []string) any {
	for _, name := range path {
		fields, _ := root.(map[string]any)
		value, found := fields[name]
		if !found {
			value = fields[camelCase(name)]
		}
		root = value
	}
	return root
}

// camelCase turns a proto field's name into its JSON name.
func camelCase(name string) string {
	parts := strings.Split(name, "_")
	for i, part := range parts[1:] {
		if part != "" {
			parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}

// compare never finds an absent field less or more than a value.
func compare(found any, operator, want string) bool {
	text := filterText(found)
	switch operator {
	case ":":
		return has(found, text, want)
	case "=":
		return order(text, want) == 0
	case "!=":
		return order(text, want) != 0
	case "<":
		return found != nil && order(text, want) < 0
	case "<=":
		return found != nil && order(text, want) <= 0
	case ">":
		return found != nil && order(text, want) > 0
	default:
		return found != nil && order(text, want) >= 0
	}
}

// has is the operator ":": presence for "*", otherwise containment.
func has(found any, text, want string) bool {
	switch {
	case found == nil:
		return want == text
	case want == "*":
		return true
	default:
		return strings.Contains(strings.ToLower(text), strings.ToLower(want))
	}
}

// filterText is a value as filters see it. An absent one is false: "done" is
// not there while an operation runs.
func filterText(value any) string {
	switch value := value.(type) {
	case nil:
		return "false"
	case string:
		return value
	default:
		body, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(body)
	}
}

// order compares as times or numbers where both are, as text otherwise.
func order(a, b string) int {
	at, errA := time.Parse(time.RFC3339Nano, a)
	bt, errB := time.Parse(time.RFC3339Nano, b)
	if errA == nil && errB == nil {
		return at.Compare(bt)
	}
	an, errA := strconv.ParseFloat(a, 64)
	bn, errB := strconv.ParseFloat(b, 64)
	if errA == nil && errB == nil {
		return cmp.Compare(an, bn)
	}
	return strings.Compare(a, b)
}
