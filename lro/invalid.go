package lro

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
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

// Error returns one line that names the field and quotes the value. Both may be
// whatever somebody sent: each is cut to 200 bytes.
func (e *InvalidError) Error() string {
	text := fmt.Sprintf("%s: %q", clip(e.Field, 200), clip(e.Value, 200))
	if e.Problem != "" {
		text += " " + clip(e.Problem, 200)
	}
	// A quoted byte takes four, so that this cuts no Want of ours.
	return oneLine(text+"; want "+e.Want, 4<<10)
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
		switch mismatch.Type.Kind() {
		case reflect.Struct, reflect.Map:
			invalid.Want = "a JSON object"
		case reflect.Slice:
			invalid.Want = "a JSON array"
		}
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		// encoding/json gives the last key only, and only in its text.
		name, _ := strconv.Unquote(quoted)
		invalid.Field = join(path, name)
		invalid.Value = valueOf(raw, name)
		invalid.Want, invalid.Problem = "one of the documented fields", "is in a field that does not exist"
	}
	return invalid
}

func join(path, field string) string {
	return cmp.Or(strings.Trim(path+"."+field, "."), "input")
}

// valueAt returns the raw JSON at a dotted path of object keys, or as much of
// it as the path leads to: an array's elements have no place in the paths of
// encoding/json.
func valueAt(raw []byte, path string) string {
	for key := range strings.SplitSeq(path, ".") {
		fields, err := object(raw)
		if err != nil || fields[key] == nil {
			break
		}
		raw = fields[key]
	}
	return string(raw)
}

// valueOf returns the raw JSON of one key of raw, or all of it.
func valueOf(raw []byte, key string) string {
	if fields, err := object(raw); err == nil && fields[key] != nil {
		return string(fields[key])
	}
	return string(raw)
}
