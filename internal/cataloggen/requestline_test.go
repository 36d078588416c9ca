package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/catalog"
)

// unlike are the collections whose lines are not those of their document, with the reason.
var unlike = map[string]string{
	"drive.operations.get":                                           "taken out by hand: many services share the host",
	"iam.policies.operations.get":                                    "by hand: one segment of a name has encoded slashes",
	"speech.operations.get":                                          "by hand: the document's pattern takes anything",
	"streetviewpublish.photoSequence.get":                            "taken out by hand: the name is a resource's",
	"videointelligence.operations.projects.locations.operations.get": "the names of another collection, which has the usual lines",
}

// TestRequestLines wants the lines of the catalog for each standard collection to be those that the
// document's own paths give for a sample name. It does not read the documents as the generator does.
func TestRequestLines(t *testing.T) {
	t.Parallel()
	checked := map[string]int{}
	for _, d := range served(documents(t).documents) {
		of := service(d.Name, d.Version)
		for get, siblings := range standardCollections(d) {
			if of == nil {
				t.Errorf("%s %s is not in the catalog", d.Name, d.Version)
				break
			}
			if _, ok := unlike[get.ID]; !ok {
				checkLines(t, d, of, get, siblings, checked)
			}
		}
	}
	want := map[string]int{"get": 351, "list": 273, "cancel": 245, "delete": 230, "wait": 124}
	if diff := cmp.Diff(want, checked); diff != "" {
		t.Errorf("lines compared (-want +got):\n%s", diff)
	}
}

func service(name, version string) *catalog.Service {
	for _, s := range catalog.Services() {
		if s.Name == name && s.Version == version {
			return s
		}
	}
	return nil
}

// standardCollections yields each get of a standard operation, and the methods beside it.
func standardCollections(d *document) func(yield func(*method, map[string]*method) bool) {
	var walk func(resources map[string]resource, yield func(*method, map[string]*method) bool) bool
	walk = func(resources map[string]resource, yield func(*method, map[string]*method) bool) bool {
		for _, r := range resources {
			get := r.Methods["get"]
			if get != nil && d.Name != "storage" && isStandard(d, get.Response.Ref) && !yield(get, r.Methods) {
				return false
			}
			if !walk(r.Resources, yield) {
				return false
			}
		}
		return true
	}
	return func(yield func(*method, map[string]*method) bool) { walk(d.Resources, yield) }
}

func isStandard(d *document, schema string) bool {
	fields := d.Schemas[schema].Properties
	for _, name := range []string{"name", "done", "metadata", "error", "response"} {
		if _, ok := fields[name]; !ok {
			return false
		}
	}
	return true
}

func checkLines(t *testing.T, d *document, of *catalog.Service, get *method, siblings map[string]*method, checked map[string]int) {
	t.Helper()
	path := sample(d, get, "")
	name := strings.TrimPrefix(path, d.Version+"/")
	if value, ok := wholeName(get); ok {
		name = value
	}
	var c *catalog.Collection
	for _, found := range of.Collections() {
		if found.Shape == catalog.Standard && catalog.Match(found.Pattern, name) {
			c = found
		}
	}
	if c == nil {
		t.Errorf("%s: no collection for %s", get.ID, name)
		return
	}
	for verb, line := range map[string]func(string) (catalog.RequestLine, bool){"get": c.Get, "cancel": c.Cancel, "delete": c.Delete, "wait": c.Wait} {
		m := siblings[verb]
		if got, ok := line(name); ok != (m != nil) {
			t.Errorf("%s: %s is there: %t, of the document: %t", get.ID, verb, ok, m != nil)
		} else if ok {
			if want := m.HTTPMethod + " " + sample(d, m, name); got.String() != want {
				t.Errorf("%s: %s %q, want %q", get.ID, verb, got, want)
			}
			checked[verb]++
		}
	}
	if m := siblings["list"]; m != nil {
		checkList(t, d, c, m, name)
		checked["list"]++
	}
}

// checkList wants the line of a list. Its parent is what stands before the collection in a name.
func checkList(t *testing.T, d *document, c *catalog.Collection, m *method, name string) {
	t.Helper()
	collection := name[:strings.LastIndex(name, "/")]
	above := collection[:max(strings.LastIndex(collection, "/"), 0)]
	want := m.HTTPMethod + " " + sample(d, m, collection)
	if !strings.HasSuffix(m.Path, "}") {
		want = m.HTTPMethod + " " + sample(d, m, above)
	}
	if _, ok := m.Parameters["name"]; ok && m.Parameters["name"].Location == "query" {
		above, want = "projects/p", m.HTTPMethod+" "+m.Path+"?name=projects/p"
	}
	if got, ok := c.List(above); !ok || got.String() != want {
		t.Errorf("%s: list of %q: %q, %t, want %q", m.ID, above, got, ok, want)
	}
	checkListName(t, c, m, collection, above)
}

// checkListName wants the name in a list over gRPC to be what stands at its place in the path.
func checkListName(t *testing.T, c *catalog.Collection, m *method, collection, above string) {
	t.Helper()
	want := above
	switch {
	case strings.HasSuffix(m.Path, "{+name}"):
		want = collection
	case !strings.Contains(m.Path, "{+name}"):
		return // the documents do not tell it
	}
	if got, ok := c.ListName(collection); !ok || got != want {
		t.Errorf("%s: the name in a list of %q: %q, %t, want %q", m.ID, collection, got, ok, want)
	}
}

var inBraces = regexp.MustCompile(`\{[^}]*\}`)

// sample is the method's path for a name, or for one of its own pattern.
func sample(d *document, m *method, name string) string {
	return d.ServicePath + inBraces.ReplaceAllStringFunc(m.Path, func(in string) string {
		in = strings.Trim(in, "{}")
		if many := strings.TrimPrefix(in, "+"); many != in {
			if name == "" {
				return sampleOf(m.Parameters[many].Pattern)
			}
			return name
		}
		return "x"
	})
}

// wholeName is a sample for the one parameter that takes a whole name.
func wholeName(m *method) (string, bool) {
	for name, p := range m.Parameters {
		if p.Location == "path" && strings.Contains(m.Path, "{+"+name+"}") {
			return sampleOf(p.Pattern), true
		}
	}
	return "", false
}

func sampleOf(pattern string) string {
	text := strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
	return strings.ReplaceAll(strings.ReplaceAll(text, "[^/]+", "x"), ".*", "y")
}
