package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// byHand has patterns that the documents lack or have too loosely, by the id of the get. A
// collection without patterns is left out.
var byHand = map[string][]string{
	// Its pattern is ".*", which reaches the API's resources. Operations have bare ids, and are
	// read at v1/operations/ID.
	"speech.operations.get": {"*", "operations/*"},
	// The path has two parameters. The operation's name is the path.
	"appengine.apps.operations.get": {"apps/*/operations/*"},
	// Names hold the policy's attachment point, a URL-encoded resource name
	// (cloud.google.com/iam/docs/reference/rest/v2/policies, "name").
	"iam.policies.operations.get": {"policies/*%2F*/*/*/operations/*"},
	// The name is a photo sequence's. A DELETE of it deletes the photo sequence.
	"streetviewpublish.photoSequence.get": nil,
	// Many services share the host. Names are bare ids below a constant path.
	"drive.operations.get": nil,
	// The shape of the request line is the service's own.
	"storage.buckets.operations.get": nil,
}

// names returns the patterns of operation names by service.
func names(documents []document) map[string][]string {
	found := map[string]map[string]bool{}
	for _, d := range documents {
		for _, get := range d.gets() {
			for _, pattern := range get.patterns() {
				if found[d.service()] == nil {
					found[d.service()] = map[string]bool{}
				}
				found[d.service()][pattern] = true
			}
		}
	}
	sorted := map[string][]string{}
	for service, patterns := range found {
		sorted[service] = slices.Sorted(maps.Keys(patterns))
	}
	return sorted
}

// patterns are the forms of the names that a get accepts.
func (m method) patterns() []string {
	if given, ok := byHand[m.ID]; ok {
		return given
	}
	for _, p := range m.Parameters {
		if p.Location == "path" {
			return []string{plain(m.ID, p.Pattern)}
		}
	}
	panic(m.ID + ": has no path parameter; add it to byHand")
}

var plainPattern = regexp.MustCompile(`^[A-Za-z]+$|^\*\*?$`)

// plain writes a document's regular expression as segments: "*" is any one, "**"
// one or more to the end.
func plain(id, expression string) string {
	text := strings.TrimSuffix(strings.TrimPrefix(expression, "^"), "$")
	text = strings.ReplaceAll(text, "[^/]+", "*")
	text = strings.ReplaceAll(text, ".*", "**")
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		openEnd := segment == "**"
		if !plainPattern.MatchString(segment) || openEnd && (i == 0 || i < len(segments)-1) {
			panic(id + ": the pattern " + expression + " is of a new form; add it to byHand")
		}
	}
	return text
}
