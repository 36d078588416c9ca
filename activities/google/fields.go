package google

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/awaitop/awaitop/lro"
)

// fields is a JSON object. Its values stay as they were written.
type fields map[string]json.RawMessage

// fieldsOf reads a JSON object. What is none has no fields.
func fieldsOf(raw json.RawMessage) fields {
	var f fields
	_ = json.Unmarshal(raw, &f)
	return f
}

// objectOf reads a field of the input that has to be a JSON object. Absent, it is empty.
func objectOf(field string, raw json.RawMessage) (fields, error) {
	if len(bytes.TrimSpace(raw)) == 0 || string(raw) == "null" {
		return fields{}, nil
	}
	f := fields{}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, &lro.InvalidError{Field: field, Value: string(raw), Want: "a JSON object", Problem: "is none"}
	}
	return f, nil
}

// spelled is the name that a field has in the object: its own, or with underscores, which APIs take as well. It
// is "" if the field is not there, and for the name "".
func (f fields) spelled(name string) string {
	for _, one := range []string{name, snakeCase(name)} {
		if _, there := f[one]; there && one != "" {
			return one
		}
	}
	return ""
}

// snakeCase is a name such as userLabels with underscores.
func snakeCase(name string) string {
	var out strings.Builder
	for _, c := range name {
		if unicode.IsUpper(c) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(c))
	}
	return out.String()
}

// at is the value at a path such as "settings.userLabels", nil if there is none.
func (f fields) at(path string) json.RawMessage {
	first, rest, deeper := strings.Cut(path, ".")
	if path == "" {
		return nil
	}
	if !deeper {
		return f[first]
	}
	return fieldsOf(f[first]).at(rest)
}

// with returns f with a value at a path. f stays as it is.
func (f fields) with(path string, value json.RawMessage) fields {
	first, rest, deeper := strings.Cut(path, ".")
	out := make(fields, len(f)+1)
	for name, old := range f {
		out[name] = old
	}
	if deeper {
		value = fieldsOf(f[first]).with(rest, value).json()
	}
	out[first] = value
	return out
}

// json is the object in JSON, in the order of the fields' names.
func (f fields) json() json.RawMessage {
	raw, _ := json.Marshal(f) // its values were read from JSON
	return raw
}

// text is a value that is a JSON text.
func text(value string) json.RawMessage {
	raw, _ := json.Marshal(value) // any string is one
	return raw
}
