package lro

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// maxElements bounds the fields of an object and the elements of an array that are read. A reply's
// size bounds its bytes, not its cost in memory: a field or an element of two bytes takes fifty.
const maxElements = 10_000

// object reads the keys of a JSON object. Unlike a struct's fields they match by case, because
// JSON's keys do: {"Done": true} is no field of an operation. null gives no keys. An object of over
// maxElements keys is an error. The values are parts of raw and hold all of it: copy those that are
// kept.
func object(raw []byte) (map[string]json.RawMessage, error) {
	if err := validate(raw); err != nil {
		return nil, err
	}
	return keysOf(raw)
}

// validate is json.Valid with an error that says what is wrong.
func validate(raw []byte) error {
	if json.Valid(raw) {
		return nil
	}
	var none json.RawMessage
	return json.Unmarshal(raw, &none)
}

// keysOf is [object] for JSON that is known to be valid. Validation is most of the cost of reading
// a large reply.
func keysOf(raw []byte) (map[string]json.RawMessage, error) {
	s, err := open(raw, '{', "object")
	if err != nil || s == nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	for read := 0; s.more(); read++ {
		if read == maxElements {
			return nil, fmt.Errorf("it has over %d fields", maxElements)
		}
		var name string
		if err := json.Unmarshal(s.value(), &name); err != nil {
			return nil, err
		}
		s.space()
		s.at++ // the colon
		fields[name] = s.value()
	}
	return fields, nil
}

// elements reads the elements of a JSON array; null has none. An array of over
// maxElements is an error. The elements are parts of raw, as those of [object].
func elements(raw []byte) ([]json.RawMessage, error) {
	if err := validate(raw); err != nil {
		return nil, err
	}
	return elementsOf(raw)
}

// elementsOf is [elements] for JSON that is known to be valid.
func elementsOf(raw []byte) ([]json.RawMessage, error) {
	s, err := open(raw, '[', "array")
	if err != nil || s == nil {
		return nil, err
	}
	var all []json.RawMessage
	for s.more() {
		if all = append(all, s.value()); len(all) > maxElements {
			return nil, fmt.Errorf("it has over %d elements", maxElements)
		}
	}
	return all, nil
}

// scan walks through an object or an array of valid JSON and copies nothing. A json.Decoder would
// hold a value of a reply three times.
type scan struct {
	raw []byte
	at  int
}

// open returns a scan behind the opening bracket, nil for null.
func open(raw []byte, bracket byte, kind string) (*scan, error) {
	s := &scan{raw: raw}
	s.space()
	switch first := s.raw[s.at:]; {
	case first[0] == bracket:
		s.at++
		return s, nil
	case bytes.HasPrefix(first, []byte("null")):
		return nil, nil
	case first[0] == '{' || first[0] == '[':
		return nil, fmt.Errorf("no JSON %s, but it begins with %q", kind, first[:1])
	default:
		return nil, fmt.Errorf("no JSON %s, but it begins with %.20q", kind, bytes.Trim(s.value(), `"`))
	}
}

func (s *scan) space() {
	for s.at < len(s.raw) && isSpace(s.raw[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// more reports whether there is another field or element, and goes to it.
func (s *scan) more() bool {
	s.space()
	if s.raw[s.at] == ',' {
		s.at++
	}
	return s.raw[s.at] != '}' && s.raw[s.at] != ']'
}

// value returns the next value, and goes behind it.
func (s *scan) value() json.RawMessage {
	s.space()
	from, depth := s.at, 0
	for s.at < len(s.raw) {
		c := s.raw[s.at]
		switch {
		case c == '"':
			s.text()
		case c == '{' || c == '[':
			depth++
			s.at++
		case depth == 0 && (c == ',' || c == '}' || c == ']' || isSpace(c)): // behind a number or a word
			return s.raw[from:s.at:s.at]
		case c == '}' || c == ']':
			depth--
			s.at++
		default:
			s.at++
			continue
		}
		if depth == 0 {
			break
		}
	}
	return s.raw[from:s.at:s.at]
}

// text goes behind a string.
func (s *scan) text() {
	for s.at++; s.raw[s.at] != '"'; s.at++ {
		if s.raw[s.at] == '\\' {
			s.at++
		}
	}
	s.at++
}
