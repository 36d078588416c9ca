package spannerjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Read reads body as a message of the given type, a struct of
// google.golang.org/api/spanner/v1. The fields it returns have their JSON names,
// enums their value's name, and fields with a zero value are left out, except
// messages: an empty message counts as set. No body is the empty message. An
// error is an INVALID_ARGUMENT.
func Read(message reflect.Type, body []byte) (map[string]any, error) {
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var fields any
	if err := decoder.Decode(&fields); err != nil {
		return nil, fmt.Errorf("invalid JSON payload: %w", err)
	}
	return readMessage(message, "", fields)
}

// Normal returns fields as [Read] returns their JSON: as a read of the resource
// has them.
func Normal(message reflect.Type, fields map[string]any) (map[string]any, error) {
	if len(fields) == 0 {
		return map[string]any{}, nil
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	return Read(message, body)
}

// Masked returns the JSON names of the fields that a comma-separated mask names,
// whole fields only, and of each its value in fields, nil where there is none: a
// field that the mask names and the request leaves out is cleared. An error is
// an INVALID_ARGUMENT.
func Masked(message reflect.Type, fields map[string]any, mask string) (map[string]any, error) {
	masked := map[string]any{}
	for path := range strings.SplitSeq(mask, ",") {
		top, _, _ := strings.Cut(strings.TrimSpace(path), ".")
		f, known := fieldNamed(message, top)
		if !known {
			return nil, fmt.Errorf("invalid field mask: %q is no field of %s", path, message.Name())
		}
		masked[f.name] = fields[f.name]
	}
	return masked, nil
}

// field is a field of a message.
type field struct {
	name   string // in JSON
	goType reflect.Type
	text   bool     // whether its number is written as text
	enum   []string // its values, nil if it is no enum
}

// fieldNamed returns the field of a name in camelCase or snake_case.
func fieldNamed(message reflect.Type, name string) (field, bool) {
	camel := CamelCase(name)
	for f := range message.Fields() {
		if tag := jsonName(f); tag == camel && tag != "-" && tag != "" {
			return field{tag, f.Type, strings.HasSuffix(f.Tag.Get("json"), ",string"), enums[message.Name()+"."+tag]}, true
		}
	}
	return field{}, false
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func readMessage(message reflect.Type, path string, value any) (map[string]any, error) {
	fields, isObject := value.(map[string]any)
	if !isObject {
		return nil, invalid(path, "a message "+message.Name(), value)
	}
	out := map[string]any{}
	for name, value := range fields {
		f, known := fieldNamed(message, name)
		if !known {
			return nil, unknown(path, name)
		}
		read, err := f.read(join(path, name), f.goType, value)
		if err != nil {
			return nil, err
		}
		if read != nil {
			out[f.name] = read
		}
	}
	return out, nil
}

// read returns the value of a field, or of one element of a list; nil for zero.
func (f field) read(path string, goType reflect.Type, value any) (any, error) {
	switch kind := goType.Kind(); {
	case value == nil:
		return nil, nil
	case f.enum != nil && kind == reflect.String:
		return f.readEnum(path, value)
	case kind == reflect.Pointer:
		return readMessage(goType.Elem(), path, value)
	case kind == reflect.Slice && goType.Elem().Kind() != reflect.Uint8:
		return f.readList(path, goType.Elem(), value)
	case kind == reflect.Map:
		return readMap(path, value)
	default:
		return f.readScalar(path, kind, value)
	}
}

func (f field) readEnum(path string, value any) (any, error) {
	if name, isText := value.(string); isText {
		number := slices.Index(f.enum, name)
		if number < 0 {
			return nil, invalid(path, "a value of the enum", value)
		}
		return nonZero(name, number == 0), nil
	}
	number, isNumber := value.(json.Number)
	i, err := strconv.Atoi(number.String())
	switch {
	case !isNumber || err != nil:
		return nil, invalid(path, "a value of the enum", value)
	case i < 0 || i >= len(f.enum):
		return number, nil // a value of a later release is kept as its number
	default:
		return nonZero(f.enum[i], i == 0), nil
	}
}

func (f field) readList(path string, element reflect.Type, value any) (any, error) {
	list, isList := value.([]any)
	if !isList {
		return nil, invalid(path, "a list", value)
	}
	out := make([]any, len(list))
	for i, item := range list {
		read, err := f.read(fmt.Sprintf("%s[%d]", path, i), element, item)
		if err != nil {
			return nil, err
		}
		if out[i] = read; read == nil {
			out[i] = reflect.Zero(element).Interface() // an element has no presence
		}
	}
	return nonZero[any](out, len(out) == 0), nil
}

// readMap reads a map from text to text: the only ones there are.
func readMap(path string, value any) (any, error) {
	entries, isMap := value.(map[string]any)
	if !isMap {
		return nil, invalid(path, "a map", value)
	}
	for key, item := range entries {
		if _, isText := item.(string); !isText {
			return nil, invalid(join(path, key), "a string", item)
		}
	}
	return nonZero[any](entries, len(entries) == 0), nil
}

func (f field) readScalar(path string, kind reflect.Kind, value any) (any, error) {
	switch kind {
	case reflect.String:
		text, isText := value.(string)
		return checked(path, "a string", value, text, isText)
	case reflect.Bool:
		set, isBool := value.(bool)
		return checked(path, "a boolean", value, set, isBool)
	case reflect.Int64:
		return f.readInteger(path, value)
	case reflect.Float64:
		number, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		return checked(path, "a number", value, number, err == nil)
	default:
		return value, nil // JSON as it is, such as the details of a Status
	}
}

// readInteger takes a number or its text, and returns an int64 as text.
func (f field) readInteger(path string, value any) (any, error) {
	text := fmt.Sprint(value)
	number, err := strconv.ParseInt(text, 10, 64)
	if err == nil && f.text && number != 0 {
		return text, nil
	}
	return checked(path, "an integer", value, number, err == nil)
}

// checked is a scalar that has been read, nil for zero.
func checked[T comparable](path, want string, value any, read T, ok bool) (any, error) {
	if !ok {
		return nil, invalid(path, want, value)
	}
	var zero T
	return nonZero(read, read == zero), nil
}

func nonZero[T any](value T, zero bool) any {
	if zero {
		return nil
	}
	return value
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func invalid(path, want string, value any) error {
	text, _ := json.Marshal(value) // it was JSON before
	return fmt.Errorf("invalid JSON payload: %s%s is not %s", text, at(path), want)
}

func unknown(path, name string) error {
	return fmt.Errorf("invalid JSON payload: unknown name %q%s", name, at(path))
}

func at(path string) string {
	if path == "" {
		return ""
	}
	return " at " + path
}
