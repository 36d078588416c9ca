package sweep

import (
	"encoding/json"
	"strings"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// marked is a running operation as an item. An operation bears a key by its own id, or by the label of
// the resource that it makes. The label of a resource that it changes says nothing: the change may be
// anybody's.
func marked(service string, op lro.Operation) orphans.Item {
	item := orphans.Item{
		Ref:   lro.Ref{Service: service, Name: op.Name},
		Since: lro.ProgressOf(op.Metadata).StartTime,
	}
	told := tellingsOf(op.Metadata)
	if name := relative(service, told.Target); name != "" {
		item.Resource = orphans.Place{Service: service, Name: name}.FullName()
	}
	if id := lastOf(op.Name); isKey(id) {
		item.Key = id
	} else if told.creates() {
		item.Key = told.label
	}
	return item
}

func isKey(text string) bool {
	_, is := stepkey.Parse(text)
	return is
}

// tellings is what an operation's metadata tells of its request.
type tellings struct {
	Type   string `json:"@type"`
	Verb   string `json:"verb"`
	Target string `json:"target"`

	label string // the key in the labels of the resource
}

func tellingsOf(metadata json.RawMessage) tellings {
	var told tellings
	var all any
	_ = json.Unmarshal(metadata, &told) // metadata of another form tells nothing
	_ = json.Unmarshal(metadata, &all)
	told.label = labelIn(all, maxDepth)
	return told
}

// creates reports whether the operation makes the resource in its metadata.
func (t tellings) creates() bool {
	name := t.Type[strings.LastIndexAny(t.Type, "./")+1:]
	return strings.EqualFold(t.Verb, "create") || strings.HasPrefix(name, "Create")
}

// maxDepth is how deep labels stand in metadata: in "instance.labels", or in
// "originalRequest.instance.labels".
const maxDepth = 3

// labelIn returns the key in the labels of a message or of one in it, down to a depth. "" if there is
// none. Without an order among fields, labels of two resources with two keys count as none.
func labelIn(value any, depth int) string {
	message, _ := value.(map[string]any)
	found := ""
	for name, field := range message {
		inner, isMessage := field.(map[string]any)
		key, isText := inner[starters.LabelKey].(string)
		switch {
		case !isMessage:
			continue
		case !isText || !strings.HasSuffix(strings.ToLower(name), "labels"):
			key = ""
			if depth > 1 {
				key = labelIn(inner, depth-1)
			}
		case !isKey(key):
			key = ""
		}
		if found != "" && key != "" && key != found {
			return ""
		}
		found = max(found, key)
	}
	return found
}

// relative is a resource's name without a service or a URL in front, "" if it is no name of the service.
func relative(service, name string) string {
	name = strings.TrimPrefix(name, "//"+service+"/")
	if lro.ValidateName("target", name) != nil {
		return ""
	}
	return name
}
