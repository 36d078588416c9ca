package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Filter is a filter that has been read. The nil Filter matches everything.
type Filter func(root any) bool

// Matches reports whether the filter matches an object, given as JSON.
func (f Filter) Matches(body json.RawMessage) bool {
	if f == nil {
		return true
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	return decoder.Decode(&root) == nil && f(root)
}

// Parse reads a filter. An empty text is the nil Filter. A field that is not
// eligible is an error, as is a text that the grammar of AIP-160 does not have.
func Parse(text string, eligible Fields) (Filter, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := &parser{tokens: tokens{text: text}, eligible: eligible}
	f, err := p.expression()
	if err == nil && p.peek() != "" {
		err = fmt.Errorf("%q is unexpected", p.peek())
	}
	if err != nil {
		return nil, fmt.Errorf("filter %q: %w", text, err)
	}
	return f, nil
}

// parser has a method for each rule of the grammar of AIP-160.
type parser struct {
	tokens
	eligible Fields
	seen     []string // the fields so far
}

// expression is factors joined by AND or by nothing.
func (p *parser) expression() (Filter, error) {
	left, err := p.factor()
	for err == nil && p.peek() != "" && p.peek() != ")" {
		if p.isNext("AND") {
			p.next()
		}
		var right Filter
		first := left
		if right, err = p.factor(); err == nil {
			left = func(root any) bool { return first(root) && right(root) }
		}
	}
	return left, err
}

// factor is terms joined by OR.
func (p *parser) factor() (Filter, error) {
	left, err := p.term()
	for err == nil && p.isNext("OR") {
		p.next()
		var right Filter
		first := left
		if right, err = p.term(); err == nil {
			left = func(root any) bool { return first(root) || right(root) }
		}
	}
	return left, err
}

// term is a comparison or a parenthesis, negated or not.
func (p *parser) term() (Filter, error) {
	if !p.isNext("NOT") && !p.skip("-") {
		return p.simple()
	}
	if p.isNext("NOT") {
		p.next()
	}
	inner, err := p.simple()
	return func(root any) bool { return !inner(root) }, err
}

func (p *parser) simple() (Filter, error) {
	if p.peek() != "(" {
		return p.comparison()
	}
	p.next()
	inner, err := p.expression()
	if err == nil && p.next() != ")" {
		err = errors.New("a parenthesis is not closed")
	}
	return inner, err
}

func (p *parser) comparison() (Filter, error) {
	field, operator, value := p.next(), p.next(), p.next()
	if field == "" || !isOperator(operator) || value == "" || strings.ContainsAny(value[:1], "()") {
		return nil, fmt.Errorf("want FIELD OPERATOR VALUE near %q", field+operator+value)
	}
	if err := p.eligible.check(field, p.seen); err != nil {
		return nil, err
	}
	p.seen = append(p.seen, field)
	if unquoted, err := strconv.Unquote(value); err == nil {
		value = unquoted
	}
	path := strings.Split(field, ".")
	return func(root any) bool { return compare(lookup(root, path), operator, value) }, nil
}

func isOperator(token string) bool {
	return slices.Contains([]string{"=", "!=", "<", "<=", ">", ">=", ":"}, token)
}
