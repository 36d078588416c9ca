package main

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// created is the resource that a method makes.
type created struct {
	id     string // where its id stands, as the catalog writes it
	body   string // the field that has the resource, "" if the body is the resource, "-" if it is neither
	schema string // the resource's
	get    *method
	delete *method
}

// Places of an id that are not named by a parameter.
const (
	idInName  = "name" // a field "name" of the body, the caller's
	idUnknown = "hand" // the document does not tell
)

// created reads what a method makes off its paths, parameters and schemas. A verb on a collection
// makes a resource if it takes the id of one.
func (d *document) created(s start) *created {
	if s.kind != creates && s.kind != actsOnCollection {
		return nil
	}
	path, _, _ := strings.Cut(s.path, ":")
	c := &created{get: d.at("GET", path+"/*"), delete: d.at("DELETE", path+"/*")}
	if c.get != nil && d.shape(c.get) != "" {
		c.get = nil // It reads an operation.
	}
	c.body, c.schema = d.body(s.method, c.get)
	c.id = d.idPlace(s, last(path), c.body)
	if s.kind == actsOnCollection && (c.id == idInName || c.id == idUnknown) {
		return nil
	}
	return c
}

// body finds the resource in a request: its own type is the one that get answers with.
func (d *document) body(m, get *method) (field, of string) {
	if get == nil || get.Response.Ref == m.Request.Ref || get.Response.Ref == "" {
		return "", m.Request.Ref
	}
	for name, p := range d.properties(m.Request) {
		if p.Ref == get.Response.Ref {
			return name, p.Ref
		}
	}
	return "-", get.Response.Ref
}

// idPlace finds where the id of what a method makes stands.
func (d *document) idPlace(s start, collection, body string) string {
	if names := slices.DeleteFunc(s.query(), func(n string) bool { return !names(n, collection) }); len(names) > 0 {
		return "?" + names[0]
	}
	properties := d.properties(s.Request)
	if body != "" {
		for _, field := range sortedFields(properties) {
			if names(field, collection) {
				return "." + field
			}
		}
	}
	if s.shape == standard || s.shape == container || slices.ContainsFunc(s.query(), misleading) {
		return idUnknown // A writable name may be the caller's or the server's.
	}
	if name, ok := properties["name"]; ok && body == "" && !name.outputOnly() {
		return idInName
	}
	return idUnknown
}

// notIDs are parameters that end as an id's do.
var notIDs = []string{"projectId", "parentId", "requestId"}

func misleading(parameter string) bool { return parameter == "parentId" }

// names reports whether a field "instanceConfigId" is the id of a resource in "instanceConfigs": the
// last word of both is the same.
func names(field, collection string) bool {
	thing, ok := strings.CutSuffix(field, "Id")
	if !ok || slices.Contains(notIDs, field) {
		return false
	}
	return slices.Contains(singulars(lastWord(collection)), lastWord(thing))
}

var words = regexp.MustCompile(`[A-Z]?[^A-Z]*$`)

// lastWord is the last word of a camel-case name, in small letters.
func lastWord(name string) string {
	word := []rune(words.FindString(name))
	if len(word) > 0 {
		word[0] = unicode.ToLower(word[0])
	}
	return string(word)
}

// singulars are the forms that the singular of a word may have.
func singulars(word string) []string {
	found := []string{word}
	for _, ending := range [][2]string{{"ies", "y"}, {"es", ""}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(word, ending[0]); ok {
			found = append(found, stem+ending[1])
		}
	}
	return found
}
