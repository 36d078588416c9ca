package lro

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// decoder reads JSON into Go values, as encoding/json does, with other rules for errors. Keys match
// by case. It names the first unknown field and the first invalid one, in JSON's words and by their
// whole path, and reads on after both.
type decoder struct{ unknown, invalid error }

// composed is a type that is read field by field through another type, which is its form in JSON.
type composed interface {
	readFrom(d *decoder, path string, raw json.RawMessage)
}

// timed is a type that keeps a text that is not a duration.
type timed interface {
	In(field string) (time.Duration, error)
}

// read reads raw, which is valid JSON, into the value at path. null is absent.
func (d *decoder) read(path string, raw json.RawMessage, into reflect.Value) {
	if absentIfNull(raw) == nil {
		return
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		d.read(path, raw, into.Elem())
		return
	}
	switch at := into.Addr().Interface().(type) {
	case *json.RawMessage:
		*at = bytes.Clone(raw)
	case composed:
		at.readFrom(d, path, raw)
	case encoding.TextUnmarshaler: // before json.Unmarshaler, for a time is both
		d.readText(path, raw, at)
	case json.Unmarshaler:
		d.leaf(path, raw, at)
		if duration, ok := at.(timed); ok {
			_, err := duration.In(pathOf(path, ""))
			d.refuse(err)
		}
	default:
		d.readKind(path, raw, into)
	}
}

func (d *decoder) readKind(path string, raw json.RawMessage, into reflect.Value) {
	switch into.Kind() {
	case reflect.Struct:
		d.readStruct(path, raw, into)
	case reflect.Map:
		d.readMap(path, raw, into)
	case reflect.Slice:
		d.readList(path, raw, into)
	default:
		d.leaf(path, raw, into.Addr().Interface())
	}
}

func (d *decoder) readStruct(path string, raw json.RawMessage, into reflect.Value) {
	entries, ok := d.object(path, raw)
	if !ok {
		return
	}
	fields := fieldsOf(into.Type(), nil)
	given := make([]bool, len(fields))
	for _, entry := range entries {
		at := pathOf(path, entry.key)
		i := fields.find(entry.key)
		switch {
		case i < 0:
			d.missing(&InvalidError{Field: at, Value: valueText(entry.value), Want: fields.want(), Problem: "is in a field that does not exist" + fields.hint(entry.key)})
			continue
		case given[i]:
			d.refuse(&InvalidError{Field: at, Value: valueText(entry.value), Want: "each field once", Problem: "is in a field that is there twice"})
			continue
		}
		given[i] = true
		value := into.FieldByIndex(fields[i].index)
		if fields[i].quoted {
			d.readQuoted(at, entry.value, value)
		} else {
			d.read(at, entry.value, value)
		}
	}
}

func (d *decoder) readMap(path string, raw json.RawMessage, into reflect.Value) {
	entries, ok := d.object(path, raw)
	if !ok {
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, entry := range entries {
		key := reflect.ValueOf(entry.key).Convert(into.Type().Key())
		at := pathOf(path, entry.key)
		if into.MapIndex(key).IsValid() {
			d.refuse(&InvalidError{Field: at, Value: valueText(entry.value), Want: "each field once", Problem: "is in a field that is there twice"})
			continue
		}
		value := reflect.New(into.Type().Elem()).Elem()
		d.read(at, entry.value, value)
		into.SetMapIndex(key, value)
	}
}

func (d *decoder) readList(path string, raw json.RawMessage, into reflect.Value) {
	if texts, ok := into.Addr().Interface().(*[]string); ok && json.Unmarshal(raw, texts) == nil {
		return // 5,000 names need no paths
	}
	var elements []json.RawMessage
	if into.Type().Elem().Kind() == reflect.Uint8 || json.Unmarshal(raw, &elements) != nil {
		d.leaf(path, raw, into.Addr().Interface())
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(elements), len(elements)))
	for i, element := range elements {
		d.read(path+"["+strconv.Itoa(i)+"]", element, into.Index(i))
	}
}

// readQuoted reads a value in a string, such as a number of 64 bits.
func (d *decoder) readQuoted(path string, raw json.RawMessage, into reflect.Value) {
	var text string
	if absentIfNull(raw) == nil {
		return
	}
	if json.Unmarshal(raw, &text) != nil || json.Unmarshal([]byte(text), into.Addr().Interface()) != nil {
		d.refuse(&InvalidError{Field: pathOf(path, ""), Value: valueText(raw), Want: wordOf(into.Type()) + ` in a string, such as "12"`, Problem: "is " + kindOf(raw)})
	}
}

func (d *decoder) readText(path string, raw json.RawMessage, into encoding.TextUnmarshaler) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		d.refuse(&InvalidError{Field: pathOf(path, ""), Value: valueText(raw), Want: wordOf(reflect.TypeOf(into).Elem()), Problem: "is " + kindOf(raw)})
		return
	}
	err := into.UnmarshalText([]byte(text))
	if err == nil {
		return
	}
	if invalid := (*InvalidError)(nil); errors.As(err, &invalid) { // "ref", or below it
		root, _, _ := strings.Cut(invalid.Field, ".")
		d.refuse(InField(err, root, pathOf(path, "")))
		return
	}
	d.refuse(&InvalidError{Field: pathOf(path, ""), Value: text, Want: wordOf(reflect.TypeOf(into).Elem())})
}

// leaf reads a value without fields.
func (d *decoder) leaf(path string, raw json.RawMessage, into any) {
	err := json.Unmarshal(raw, into)
	if err == nil {
		return
	}
	if invalid := (*InvalidError)(nil); errors.As(err, &invalid) {
		d.refuse(invalid)
		return
	}
	kind, want := kindOf(raw), wordOf(reflect.TypeOf(into).Elem())
	problem := "is " + kind
	if kind == want || kind == "a number" && strings.Contains(want, "number") {
		problem = "is out of range"
		if strings.ContainsAny(string(raw), ".eE") && want != kind {
			problem = "is not whole"
		}
	}
	d.refuse(&InvalidError{Field: pathOf(path, ""), Value: valueText(raw), Want: want, Problem: problem})
}

func (d *decoder) refuse(err error) {
	if d.invalid == nil {
		d.invalid = err
	}
}

func (d *decoder) missing(err error) {
	if d.unknown == nil {
		d.unknown = err
	}
}

// entry is a key of an object with its value.
type entry struct {
	key   string
	value json.RawMessage
}

// object reads the entries of an object in their order, also entries with the same key.
func (d *decoder) object(path string, raw json.RawMessage) (entries []entry, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, _ := decoder.Token(); open != json.Delim('{') {
		d.refuse(&InvalidError{Field: pathOf(path, ""), Value: valueText(raw), Want: "an object", Problem: "is " + kindOf(raw)})
		return nil, false
	}
	for decoder.More() {
		key, _ := decoder.Token() // it is valid JSON
		var value json.RawMessage
		_ = decoder.Decode(&value)
		entries = append(entries, entry{key: fmt.Sprint(key), value: value})
	}
	return entries, true
}

// kindOf is the kind of raw in JSON's words.
func kindOf(raw json.RawMessage) string {
	switch bytes.TrimSpace(raw)[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// wordOf is the kind of JSON, in JSON's words, that a Go type is read from.
func wordOf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Ref]():
		return "a string, " + refForm
	case reflect.TypeFor[Collection]():
		return "a string, " + collectionForm
	case reflect.TypeFor[time.Time]():
		return "a time in RFC 3339, such as 2026-01-02T15:04:05Z"
	}
	switch kind := t.Kind(); {
	case kind == reflect.Bool:
		return "true or false"
	case kind >= reflect.Int && kind <= reflect.Int64:
		return "a whole number"
	case kind >= reflect.Uint && kind <= reflect.Uint64:
		return "a whole number of 0 or more"
	case kind == reflect.Float32, kind == reflect.Float64:
		return "a number"
	case kind == reflect.Slice, kind == reflect.Array:
		return "a list"
	case kind == reflect.Struct, kind == reflect.Map:
		return "an object"
	default:
		return "a string"
	}
}

// valueText is a value as an [InvalidError] has it: the text of a string, and other JSON as it is.
func valueText(raw json.RawMessage) string {
	var text string
	if !bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	return text
}
