package contractgen

import (
	"reflect"
	"strings"
	"unicode"
)

// field is a field that a Go type has in JSON.
type field struct {
	name     string       // in JSON
	goName   string       // in Go
	owner    reflect.Type // the struct that declares it
	typ      reflect.Type
	optional bool
	internal bool // for awaitop's workers only
	own      bool // named by the type's own MarshalJSON, and not by a tag
}

// fieldsOf are the fields of a struct as encoding/json has them: those of embedded structs stand among its own. A field
// without a json tag is one of a type with a MarshalJSON of its own, which writes its name with a small first letter.
// Such a MarshalJSON may also write the fields of a field among the others, see [flat].
func fieldsOf(t reflect.Type) (all []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-", !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "", flat[t.Name()+"."+f.Name]:
			all = append(all, fieldsOf(f.Type)...)
		default:
			if !tagged {
				name = lowerFirst(f.Name)
			}
			all = append(all, field{
				name: name, goName: f.Name, owner: t, typ: f.Type,
				optional: !tagged || strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero"),
				internal: f.Tag.Get("awaitop") == "internal", own: !tagged,
			})
		}
	}
	return all
}

// flat are fields whose own fields stand in the place of the field, by type and field.
var flat = map[string]bool{"StepOptions.Await": true}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// isCompound reports whether a name consists of several words, such as CancelGrace. So it is a name wherever it stands,
// and no word of a sentence.
func isCompound(name string) bool {
	lower := false
	for _, r := range name {
		if lower && unicode.IsUpper(r) {
			return true
		}
		lower = lower || unicode.IsLower(r)
	}
	return false
}
