package lro

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxForeign is the most foreign fields that an error names, and maxForeignName the most bytes
	// of each name.
	maxForeign     = 6
	maxForeignName = 40
)

// checkShape refuses an object whose fields are not an operation's: one with neither done nor
// metadata, and with a field that an operation does not have. A running operation may leave both
// out, but then it has nothing else.
func checkShape(fields map[string]json.RawMessage) error {
	if absentIfNull(fields["done"]) != nil || absentIfNull(fields["metadata"]) != nil {
		return nil
	}
	foreign := foreignFields(fields)
	if len(foreign) == 0 {
		return nil
	}
	return errors.New("it has neither done nor metadata, but " + nameFields(foreign) + otherForm(fields))
}

// foreignFields are the fields that google.longrunning.Operation does not have, sorted.
func foreignFields(fields map[string]json.RawMessage) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(fields)), func(name string) bool {
		switch name {
		case "name", "metadata", "done", "error", "response":
			return true
		default:
			return false
		}
	})
}

func nameFields(names []string) string {
	var shown []string
	for _, name := range names[:min(len(names), maxForeign)] {
		shown = append(shown, strconv.Quote(clip(name, maxForeignName)))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// otherForm says which service's operations have the fields. Those of Kubernetes Engine, Compute
// Engine and Cloud SQL have a status and an operationType. The latter two also say that they are of
// the kind "compute#operation" or "sql#operation".
func otherForm(fields map[string]json.RawMessage) string {
	var kind string
	_ = json.Unmarshal(fields["kind"], &kind) // "" if it is not text
	if strings.HasSuffix(kind, "#operation") || fields["operationType"] != nil {
		return "; operations of this service have another form than google.longrunning's, with a status in place of done"
	}
	return "; it may be a resource"
}
