package main

import (
	"cmp"
	"slices"
	"strings"
)

// collection is one kind of operations of a document: a resource whose get answers with one.
type collection struct {
	pattern string // of the names
	shape   string
	methods map[string]*method // by what they do: get, list, cancel, delete, wait
}

// verbs are what a collection may have, in the order of the catalog.
var verbs = []string{"get", "list", "cancel", "delete", "wait"}

// collections are those of a document, by pattern and shape.
func (d *document) collections() []collection {
	var found []collection
	for _, get := range d.methods {
		if shape := d.shape(get); shape != "" && get.name == "get" {
			found = append(found, d.collection(get, shape))
		}
	}
	slices.SortStableFunc(found, func(a, b collection) int { return cmp.Compare(a.pattern, b.pattern) })
	return found
}

func (d *document) collection(get *method, shape string) collection {
	c := collection{pattern: d.operationName(get), shape: shape, methods: map[string]*method{}}
	for _, m := range d.methods {
		if m.resource == get.resource && slices.Contains(verbs, m.name) {
			c.methods[m.name] = m
		}
	}
	if c.methods["list"] == nil {
		c.methods["list"] = d.listBelow(get.resource)
	}
	return c
}

// listBelow finds the list of a collection that the document puts into a resource below it.
func (d *document) listBelow(resource string) *method {
	for _, m := range d.methods {
		_, lists := d.properties(m.Response)["operations"]
		if lists && m.name == "list" && strings.HasPrefix(m.resource, resource+".") {
			return m
		}
	}
	return nil
}

// operationName is the pattern of the names that a get takes: that of the parameter which takes a
// whole name, else the path.
func (d *document) operationName(get *method) string {
	if name, ok := get.nameParameter(); ok {
		return name
	}
	return d.relative(get.path)
}

// nameParameter is the pattern of the method's parameter that takes a whole name.
func (m *method) nameParameter() (string, bool) {
	in := parameterInPath.FindAllString(m.Path, -1)
	if len(in) != 1 {
		return "", false
	}
	name, many := strings.CutPrefix(strings.Trim(in[0], "{}"), "+")
	switch {
	case many:
		return plain(m.Parameters[name].Pattern), true
	case name == "name":
		return "*", true
	default:
		return "", false
	}
}
