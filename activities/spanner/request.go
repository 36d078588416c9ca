package spanner

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// decode reads a request's body into a message of the generated client. A field that the API does not
// have is an [*lro.InvalidError]. Fields that are in the body with their zero value are sent as well.
// The generated client leaves them out by default, so that an update could set nothing to 0, "" or
// false.
func decode[T any](raw json.RawMessage) (*T, error) { return decodeAt[T]("request", raw) }

func decodeAt[T any](path string, raw json.RawMessage) (*T, error) {
	message := new(T)
	if len(bytes.TrimSpace(raw)) == 0 {
		return message, nil
	}
	if err := lro.DecodeStrict(path, raw, message); err != nil {
		return nil, err
	}
	var present map[string]json.RawMessage
	if err := json.Unmarshal(raw, &present); err != nil {
		return nil, &lro.InvalidError{Field: path, Value: string(raw), Want: "an object", Problem: err.Error()}
	}
	forceSend(message, present)
	return message, nil
}

// forceSend lists the fields that are present in the message's ForceSendFields.
func forceSend(message any, present map[string]json.RawMessage) {
	value := reflect.ValueOf(message).Elem()
	list := value.FieldByName("ForceSendFields")
	if !list.IsValid() {
		return
	}
	var names []string
	for i := range value.NumField() {
		field := value.Type().Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, there := present[key]; there && key != "-" && value.Field(i).IsZero() {
			names = append(names, field.Name)
		}
	}
	list.Set(reflect.ValueOf(names))
}

// nested reads a message of its own inside of a request's body.
func nested[T any](raw json.RawMessage, field string) (*T, error) {
	var body map[string]json.RawMessage
	if err := json.Unmarshal(raw, &body); err != nil || body[field] == nil {
		return nil, &lro.InvalidError{Field: "request." + field, Want: "the resource as it shall be"}
	}
	return decodeAt[T]("request."+field, body[field])
}

// maskOf splits an update's field mask into the JSON paths of its fields.
func maskOf(field, mask string) ([]string, error) {
	var paths []string
	for path := range strings.SplitSeq(mask, ",") {
		path = strings.TrimSpace(path)
		if path == "" || strings.Contains("."+path+".", "..") {
			return nil, &lro.InvalidError{Field: field, Value: mask, Want: "the fields to update, separated by commas"}
		}
		var names []string
		for name := range strings.SplitSeq(path, ".") {
			names = append(names, camelCase(name))
		}
		paths = append(paths, strings.Join(names, "."))
	}
	return paths, nil
}

// camelCase is a field's JSON name for its proto name; a JSON name stays.
func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		if words[i] != "" {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, "")
}
