package contractgen

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
)

// Patterns of texts. They are of the regular subset that each language's engine reads alike.
const (
	// refPattern is looser than lro.Ref.Validate, which knows the names of each service.
	refPattern = `^//[a-z0-9.-]+/[^?#%\\ ]+$`
	// writtenPattern is of durations that users write, as Go reads them, without a sign.
	writtenPattern = `^(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|ms|s|m|h))+)$`
	// durationPattern is of durations as workers write them.
	durationPattern = `^-?[0-9]+(\.[0-9]{1,9})?s$`
)

const refExample = "//spanner.googleapis.com/projects/p/instances/i/operations/o"

// leaf is the schema of a type that is no object of fields, nil for one that is.
func (d *definitions) leaf(t reflect.Type, user bool) *object {
	switch t {
	case reflect.TypeFor[lro.Ref](), reflect.TypeFor[lro.Collection]():
		return refSchema(t, user)
	case reflect.TypeFor[lro.Duration](), reflect.TypeFor[time.Duration]():
		if user {
			return newObject("type", "string", "pattern", writtenPattern, "examples", []string{"90s", "1h30m"})
		}
		return newObject("type", "string", "pattern", durationPattern)
	case reflect.TypeFor[time.Time]():
		return newObject("type", "string", "format", "date-time")
	case reflect.TypeFor[json.RawMessage]():
		return newObject("type", "object", "additionalProperties", true)
	case reflect.TypeFor[cancels.Sent]():
		return newObject("type", "string", "x-awaitop-values", sentTexts())
	}
	return d.ofKind(t, user)
}

func refSchema(t reflect.Type, user bool) *object {
	switch {
	case !user: // a failure keeps the text of a Ref that was refused
		return newObject("type", "string")
	case t == reflect.TypeFor[lro.Ref]():
		return newObject("type", "string", "pattern", refPattern, "examples", []string{refExample})
	default:
		return newObject("type", "string", "pattern", refPattern)
	}
}

func (d *definitions) ofKind(t reflect.Type, user bool) *object {
	switch kind := t.Kind(); {
	case kind == reflect.Bool:
		return newObject("type", "boolean")
	case kind == reflect.String:
		return newObject("type", "string", valuesKey(user), d.values(t))
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return newObject("type", "integer")
	case kind == reflect.Float64:
		return newObject("type", "number")
	case kind == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return newObject("type", "string", "contentEncoding", "base64")
	case kind == reflect.Slice:
		return newObject("type", "array", "items", d.schema(t.Elem(), user))
	case kind == reflect.Map:
		return newObject("type", "object", "additionalProperties", d.schema(t.Elem(), user))
	case kind == reflect.Struct:
		return nil
	default:
		panic(fmt.Sprintf("contractgen: %s has no form in JSON here", t))
	}
}

// schema is that of a value of a type.
func (d *definitions) schema(t reflect.Type, user bool) *object {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if leaf := d.leaf(t, user); leaf != nil {
		return leaf
	}
	return d.ref(t, user)
}

// valuesKey is the key of a set of values. What users write is in it. What workers write may come from a later release.
func valuesKey(user bool) string {
	if user {
		return "enum"
	}
	return "x-awaitop-values"
}

// values are the constants of a type, nil for a type that has none. "" is an absent field.
func (d *definitions) values(t reflect.Type) []string {
	if t.PkgPath() == "" {
		return nil
	}
	return slices.DeleteFunc(d.pkg(t.PkgPath()).Values(t.Name()), func(value string) bool { return value == "" })
}

func sentTexts() (texts []string) {
	for sent := cancels.SentRefused; sent <= cancels.SentAccepted; sent++ {
		texts = append(texts, sent.String())
	}
	return texts
}
