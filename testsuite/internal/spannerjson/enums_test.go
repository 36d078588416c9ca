package spannerjson

import (
	"reflect"
	"testing"

	"google.golang.org/api/spanner/v1"
)

// Each enum is a text field of a message that a request can hold.
func TestEnumsAreFields(t *testing.T) {
	t.Parallel()
	fields := map[string]bool{}
	var walk func(message reflect.Type)
	walk = func(message reflect.Type) {
		for f := range message.Fields() {
			name := message.Name() + "." + jsonName(f)
			if fields[name] {
				continue
			}
			fields[name] = true
			goType := f.Type
			if goType.Kind() == reflect.Slice {
				goType = goType.Elem()
			}
			if goType.Kind() == reflect.Pointer {
				walk(goType.Elem())
			}
		}
	}
	for _, message := range []reflect.Type{
		reflect.TypeFor[spanner.Instance](), reflect.TypeFor[spanner.Database](), reflect.TypeFor[spanner.Backup](),
		reflect.TypeFor[spanner.InstanceConfig](), reflect.TypeFor[spanner.InstancePartition](), reflect.TypeFor[spanner.CreateDatabaseRequest](),
		reflect.TypeFor[spanner.RestoreDatabaseRequest](), reflect.TypeFor[spanner.CopyBackupRequest](),
	} {
		walk(message)
	}
	for name := range enums {
		if !fields[name] {
			t.Errorf("%s is no field of a message", name)
		}
	}
}
