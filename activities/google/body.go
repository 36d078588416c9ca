package google

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// checkBody refuses, as an [*lro.InvalidError], what the starter would overwrite in the body, or leave out.
func (m method) checkBody(body fields, r Request, target string) error {
	if m.Verb == "DELETE" && len(body) > 0 {
		return &lro.InvalidError{Field: "request.body", Value: string(r.Body), Want: "none: " + m.ID + " is a DELETE"}
	}
	for _, name := range []string{"requestId", "validateOnly"} {
		if given := body.spelled(name); given != "" {
			return unwanted(given, body[given], "none: "+m.setBy(name))
		}
	}
	if given := body.spelled(m.UpdateMask.Field); len(r.UpdateMask) > 0 && m.UpdateMask.In == catalog.InBody && given != "" {
		return unwanted(given, body[given], "none: "+m.setBy("updateMask"))
	}
	if err := m.checkGivenID(body, target); err != nil {
		return err
	}
	return m.checkLabels(body)
}

// unwanted is the error for a field of the body.
func unwanted(path string, value json.RawMessage, want string) error {
	return &lro.InvalidError{Field: "request.body." + path, Value: string(value), Want: want}
}

// checkGivenID refuses a body whose id is another than the target's. The starter sets it.
func (m method) checkGivenID(body fields, target string) error {
	want := ""
	switch m.IDPlace.In {
	case catalog.InBody:
		want = lastOf(target)
	case catalog.InName:
		want = target
	default:
		return nil
	}
	path := m.IDPlace.Field
	if m.Body != "" && m.Body != "-" {
		var inside bool
		if path, inside = strings.CutPrefix(path, m.Body+"."); !inside {
			return nil // it stands beside the resource, which is all that the caller gives
		}
	}
	given := body.at(path)
	if given == nil || string(given) == "null" || textOf(given) == want {
		return nil
	}
	return unwanted(path, given, "none, or "+strconv.Quote(want)+": the step's target has the id")
}

// checkLabels refuses labels among which the starter's cannot stand, and a label of its name. An API would
// refuse those that are no texts after the starter has overwritten them.
func (m method) checkLabels(body fields) error {
	if m.Labels == "" || m.Body == "-" {
		return nil
	}
	path, labels := "request.body", body
	for name := range strings.SplitSeq(m.Labels, ".") {
		if given := labels.spelled(name); given != "" && given != name {
			return &lro.InvalidError{Field: path + "." + given, Value: string(labels[given]), Want: name + ", as the API's documents spell it"}
		}
		inner, err := objectOf(path+"."+name, labels[name])
		if err != nil {
			return err
		}
		path, labels = path+"."+name, inner
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		field := lro.InvalidError{Field: path + "." + name, Value: string(labels[name])}
		switch {
		case name == starters.LabelKey:
			field.Want = "none: the starter sets it, so that the step knows what it has made"
			return &field
		case !strings.HasPrefix(string(labels[name]), `"`):
			field.Want = "a text, as each label is"
			return &field
		}
	}
	return nil
}
