package contractgen

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
)

// Code and document agree: the JSON of a type has the fields that its definition has, and always those that it requires.
func TestAgreement(t *testing.T) {
	t.Parallel()
	_, d, err := document("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range d.types {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			described := d.made[name].child("properties").keys
			described = append(slices.Clone(described), listOf(d.made[name], "x-awaitop-any")...)
			full := keysOf(t, filled(of.of))
			for _, key := range full {
				if !slices.Contains(described, key) && !d.hides(of, key) && !absent[name+"."+key] {
					t.Errorf("the JSON has %s, the document has not", key)
				}
			}
			for _, key := range described {
				if !slices.Contains(full, key) && !unwritten[name+"."+key] {
					t.Errorf("the document has %s, the JSON has not", key)
				}
			}
			if of.user {
				return // a table has what awaitop requires of users
			}
			always := keysOf(t, reflect.New(of.of).Elem())
			required := listOf(d.made[name], "required")
			slices.Sort(always)
			slices.Sort(required)
			if !slices.Equal(always, required) {
				t.Errorf("the JSON of a zero value has %q, the document requires %q", always, required)
			}
		})
	}
}

// hides reports whether users do not see a field, because workers write it.
func (d *definitions) hides(of definition, key string) bool {
	return of.user && slices.ContainsFunc(d.fields(of.of, false), func(m member) bool { return m.internal && m.name == key })
}

// unwritten are fields that the JSON of no filled value here has, by definition: they are of unexported fields, or depend
// on others.
var unwritten = map[string]bool{
	"AwaitInputByWorker.origin": true,
	"Failure.retryable":         true,
	"Failure.retryAfter":        true,
}

// keysOf are the keys of the JSON of a struct.
func keysOf(t *testing.T, value reflect.Value) []string {
	t.Helper()
	raw, err := json.Marshal(value.Interface())
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(maps.Keys(fields))
}

// filled is a value of a type in which no exported field is zero.
func filled(t reflect.Type) reflect.Value {
	value := reflect.New(t).Elem()
	switch at := value.Addr().Interface().(type) {
	case *lro.Ref:
		*at = lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
		return value
	case *lro.Collection:
		*at = lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"}
		return value
	case *time.Time:
		*at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		return value
	case *lro.Duration:
		*at = lro.DurationOf(time.Second)
		return value
	case *json.RawMessage:
		*at = json.RawMessage(`{"@type":"t"}`)
		return value
	case *cancels.Sent:
		*at = cancels.SentAccepted
		return value
	case *lro.FailureType:
		*at = lro.TypeOperationFailed
		return value
	}
	fill(value)
	return value
}

func fill(value reflect.Value) {
	switch t := value.Type(); t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && t.Field(i).Type.Kind() != reflect.Interface {
				value.Field(i).Set(filled(t.Field(i).Type))
			}
		}
	case reflect.Pointer:
		value.Set(reflect.New(t.Elem()))
		value.Elem().Set(filled(t.Elem()))
	case reflect.Slice:
		value.Set(reflect.MakeSlice(t, 1, 1))
		value.Index(0).Set(filled(t.Elem()))
	case reflect.Map:
		value.Set(reflect.MakeMap(t))
		value.SetMapIndex(filled(t.Key()), filled(t.Elem()))
	case reflect.String:
		value.SetString("x")
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Float64:
		value.SetFloat(1)
	default:
		if value.CanInt() {
			value.SetInt(1)
		} else {
			value.SetUint(1)
		}
	}
}
