package google

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Made returns the name of what a step has made whose service chooses the id. It is for the step's UndoneBy, which gets
// the outcome. collection is the step's target, such as "projects/p/databases/d/collectionGroups/orders/indexes": the
// name is the one in it that the operation's response or metadata has, as such or at the end of a link. A project's
// number may stand for its id.
//
// If the outcome has neither response nor metadata, as that of a step of RunAll, Made reads the operation. The error is
// that of this read, or says that the operation names nothing in the collection.
func Made(ctx workflow.Context, collection string, outcome lro.Outcome) (string, error) {
	op := outcome.Operation
	if len(op.Response) == 0 && len(op.Metadata) == 0 {
		read := workflows.AllOutcome{Operations: []workflows.SetResult{{Ref: outcome.Ref, State: lro.StateSucceeded}}}
		err := read.Responses(ctx, workflows.AwaitAllOptions{}, func(_ int, found lro.Operation) error {
			op = found
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	for _, raw := range []json.RawMessage{op.Response, op.Metadata} {
		if names := namesIn(collection, raw); len(names) == 1 {
			return names[0], nil
		}
	}
	return "", fmt.Errorf("operation %s does not say what it has made in %s", outcome.Ref, collection)
}

// namesIn returns the names in a collection, each once, that an object has at its top or one level below.
func namesIn(collection string, raw json.RawMessage) (found []string) {
	for _, text := range textsIn(raw, 2) {
		if name, ok := nameIn(collection, text); ok && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

// textsIn returns a value that is a text, or the texts of an object's fields, so many levels down. The order is that of
// the fields' names.
func textsIn(raw json.RawMessage, levels int) (texts []string) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []string{text}
	}
	var fields map[string]json.RawMessage
	if levels == 0 || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		texts = append(texts, textsIn(fields[field], levels-1)...)
	}
	return texts
}

// nameIn returns the name that a text is or ends with, if it is that of something in the collection.
func nameIn(collection, text string) (string, bool) {
	first, _, _ := strings.Cut(collection, "/")
	if i := strings.Index(text, "/"+first+"/"); strings.Contains(text, "://") && i >= 0 {
		text = text[i+1:] // behind the host and the version of a link
	}
	last := strings.LastIndexByte(text, '/')
	if last < 0 || last == len(text)-1 || !sameCollection(collection, text[:last]) {
		return "", false
	}
	return text, true
}

// sameCollection reports whether two names are of one collection. The second may have a project's number.
func sameCollection(wanted, named string) bool {
	if wanted == named {
		return true
	}
	want, got := strings.Split(wanted, "/"), strings.Split(named, "/")
	return len(want) == len(got) && len(want) > 2 && want[0] == "projects" && got[0] == want[0] &&
		strings.Trim(got[1], "0123456789") == "" && slices.Equal(want[2:], got[2:])
}
