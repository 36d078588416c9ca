package lro

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// InvalidError says which field of an input is wrong, its value, and what was
// wanted. Nothing has been sent when it is returned.
type InvalidError struct {
	// Field is the JSON path of the field, such as "policy.initial".
	Field string
	// Value is what was found there, in text.
	Value string
	// Want says what would be valid.
	Want string
	// Problem says what is wrong with Value, where Want alone would not.
	Problem string
}

// Error returns one line that names the field and quotes the value, cut to 200
// bytes.
func (e *InvalidError) Error() string {
	text := fmt.Sprintf("%s: %q", e.Field, clip(e.Value, 200))
	if e.Problem != "" {
		text += " " + e.Problem
	}
	return text + "; want " + e.Want
}

// invalidJSON names the field that made err, an error of encoding/json for raw.
// Errors that name their field already pass through.
func invalidJSON(path string, raw []byte, err error) error {
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		return invalid
	}
	invalid = &InvalidError{Field: join(path, ""), Value: string(raw), Want: "the JSON that the documentation of this input shows", Problem: err.Error()}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		invalid.Field = join(path, mismatch.Field)
		invalid.Value = valueAt(raw, mismatch.Field)
		invalid.Want, invalid.Problem = "JSON for a "+mismatch.Type.String(), "is a JSON "+mismatch.Value
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		name = strings.Trim(name, `"`)
		invalid.Field = join(path, name)
		invalid.Value = valueAt(raw, name)
		invalid.Want, invalid.Problem = "one of the documented fields", "is in a field that does not exist"
	}
	return invalid
}

func join(path, field string) string {
	return cmp.Or(strings.Trim(path+"."+field, "."), "input")
}

// valueAt returns the raw JSON at a dotted path of object keys, or all of it.
func valueAt(raw []byte, path string) string {
	if path == "" {
		return string(raw)
	}
	key, rest, _ := strings.Cut(path, ".")
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields[key] == nil {
		return string(raw)
	}
	return valueAt(fields[key], rest)
}

// clip shortens s to at most n bytes, on a character's boundary.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
