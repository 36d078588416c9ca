package testsuite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// madeID is the id that the request gives what it makes, "" if it gives none or makes nothing.
func (r request) madeID() string {
	m := r.route.method
	if !r.route.starts() || !m.Makes() {
		return ""
	}
	text := textIn(m.IDPlace, r.args, r.fields())
	if m.IDPlace.In == catalog.InName {
		_, text = splitLast(text)
	}
	return text
}

// textIn is the text at a place of a request, "" if there is none.
func textIn(p catalog.Place, args url.Values, fields map[string]any) string {
	switch p.In {
	case catalog.InQuery:
		return args.Get(p.Field)
	case catalog.InBody, catalog.InName:
		return textAt(fields, p.Field)
	default:
		return ""
	}
}

// textAt is the text at a path of fields such as "cluster.name", and a number or boolean as text.
func textAt(fields map[string]any, path string) string {
	var at any = fields
	for name := range strings.SplitSeq(path, ".") {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	if at == nil {
		return ""
	}
	return fmt.Sprint(at)
}

// fields are those of the body, nil if it is no object.
func (r request) fields() map[string]any {
	fields, _ := readObject(r.body)
	return fields
}

// readObject reads a body, number for number. No body is an empty object.
func readObject(body []byte) (map[string]any, error) {
	fields := map[string]any{}
	if len(body) == 0 {
		return fields, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, fmt.Errorf("invalid JSON payload: %w", err)
	}
	return fields, nil
}

// optionPlaces are where a method takes the fields that some methods have and others refuse.
func optionPlaces(m *catalog.Method) map[string]catalog.Place {
	return map[string]catalog.Place{
		"requestId": m.RequestID, "validateOnly": m.ValidateOnly, "updateMask": m.UpdateMask,
		"etag": m.ETag, "force": m.Force, "allowMissing": m.AllowMissing,
	}
}

// refuseParameters notes a parameter that the catalog knows and that the line does not take. Whether it
// takes others, the catalog does not tell.
func (r *request) refuseParameters() {
	m := r.route.method
	for name, place := range optionPlaces(m) {
		taken := r.route.starts() && place.In == catalog.InQuery || r.verbDeletes() && slices.Contains(m.DeleteParameters, name)
		if r.args.Has(name) && !taken {
			r.unknownParameter = name
		}
	}
}

// verbDeletes reports whether the request is the delete that belongs to what its method makes.
func (r *request) verbDeletes() bool { return !r.route.starts() && r.route.verb == "DELETE" }
