package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// Fields are the fields that a list can be filtered by, in camelCase. One that
// ends with a dot is that of any field below. A list without any takes no
// filter.
type Fields []string

// Operations are those of a list of operations.
var Operations = Fields{"name", "done", "error", "error.", "metadata.", "response."}

const metadataType = "metadata.@type"

// check returns an error if a filter cannot use the field, after those seen
// before. A field of the metadata must come after the metadata's type.
func (f Fields) check(field string, seen []string) error {
	if len(f) == 0 {
		return errors.New("this list takes no filter")
	}
	if !slices.ContainsFunc(f, func(name string) bool { return covers(name, field) }) {
		return fmt.Errorf("%q cannot be filtered by, want one of %v", field, []string(f))
	}
	ofMetadata := covers("metadata.", field) && !strings.EqualFold(field, metadataType)
	if ofMetadata && !slices.ContainsFunc(seen, func(name string) bool { return strings.EqualFold(name, metadataType) }) {
		return fmt.Errorf("%q must come after %s", field, metadataType)
	}
	return nil
}

func covers(name, field string) bool {
	field = spannerjson.CamelCase(field)
	if strings.HasSuffix(name, ".") {
		return len(field) > len(name) && strings.EqualFold(name, field[:len(name)])
	}
	return strings.EqualFold(name, field)
}

// lookup returns the value at a path of field names, nil if there is none.
func lookup(root any, path []string) any {
	for _, name := range path {
		fields, _ := root.(map[string]any)
		root = fieldNamed(fields, name)
	}
	return root
}

func fieldNamed(fields map[string]any, name string) any {
	if value, found := fields[name]; found {
		return value
	}
	camel := spannerjson.CamelCase(name)
	for key, value := range fields {
		if strings.EqualFold(key, camel) {
			return value
		}
	}
	return nil
}
