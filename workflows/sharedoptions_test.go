package workflows

import (
	"reflect"
	"testing"
)

// TestOptionsOr: each field that a step leaves zero is the saga's, whichever fields there
// are; each that it sets is its own.
func TestOptionsOr(t *testing.T) {
	t.Parallel()
	var shared, own StepOptions
	fill(reflect.ValueOf(&shared).Elem(), 1)
	fill(reflect.ValueOf(&own).Elem(), 2)
	if got := (StepOptions{}).or(shared); !reflect.DeepEqual(got, shared) {
		t.Errorf("without own: %+v, want %+v", got, shared)
	}
	if got := own.or(shared); !reflect.DeepEqual(got, own) {
		t.Errorf("with own: %+v, want %+v", got, own)
	}
	if got := own.or(StepOptions{}); !reflect.DeepEqual(got, own) {
		t.Errorf("without shared: %+v, want %+v", got, own)
	}
}

// fill sets each field, however deep, to a value made of n.
func fill(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(string(rune('a' + n)))
	case reflect.Float64:
		v.SetFloat(float64(n))
	default:
		v.SetInt(int64(n))
	}
}
