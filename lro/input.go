package lro

import (
	"cmp"
	"encoding/json"
	"reflect"
	"strings"
)

// DecodeStrict reads raw, JSON that a user wrote, into v, a pointer to a zero value. It refuses a
// field that v does not have, so that a misspelled field is an error and not a default. It also
// refuses a field that occurs twice, a key in another case, and more than one JSON value.
//
// The error is an [*InvalidError] that names the first such field below path. With path "" the
// whole is called "input". v keeps the fields that could be read.
func DecodeStrict(path string, raw []byte, v any) error {
	unknown, invalid := decode(path, raw, v)
	return cmp.Or(unknown, invalid)
}

// DecodeLenient reads raw, JSON that another release of awaitop wrote, into v, a pointer to a zero
// value. It ignores a field that v does not have, at every depth: unknown, an [*InvalidError] with
// Newer set, names the first one. Otherwise it does what [DecodeStrict] does, with the error
// invalid.
func DecodeLenient(path string, raw []byte, v any) (unknown, invalid error) {
	unknown, invalid = decode(path, raw, v)
	if field, ok := unknown.(*InvalidError); ok {
		newer := *field
		newer.Newer = true
		newer.Want += ", or a worker of the release that wrote it"
		unknown = &newer
	}
	return unknown, invalid
}

func decode(path string, raw []byte, v any) (unknown, invalid error) {
	var d decoder
	if problem := syntaxProblem(raw); problem != "" {
		return nil, &InvalidError{Field: pathOf(path, ""), Value: string(raw), Want: "one JSON value", Problem: problem}
	}
	d.read(path, raw, reflect.ValueOf(v).Elem())
	return d.unknown, d.invalid
}

// syntaxProblem says why raw is not one JSON value, "" if it is.
func syntaxProblem(raw []byte) string {
	if len(strings.TrimSpace(string(raw))) == 0 {
		return "is empty"
	}
	var value json.RawMessage
	if err := json.Unmarshal(raw, &value); err != nil {
		return "is no JSON: " + err.Error()
	}
	return ""
}

// pathOf is the path of a field below another, and "input" for the whole.
func pathOf(path, field string) string {
	return cmp.Or(strings.Trim(path+"."+field, "."), "input")
}
