package catalog

import "strings"

// Collection is one kind of operations of a service.
type Collection struct {
	// Service is whose operations they are.
	Service *Service
	// Pattern is the form of their names, see [Match], such as "projects/*/locations/*/operations/*".
	Pattern string
	// Shape is the form of the operations.
	Shape Shape

	lines       [verbs]template
	timeoutBody bool
	listsWhole  bool
}

// What a request does, as places of lines.
const (
	get = iota
	list
	cancel
	del
	wait
	verbs
)

// verbWords are the names of request lines in the files. The files write their first letters for
// those that there are.
var verbWords = [verbs]string{"get", "list", "cancel", "delete", "wait"}

// newCollection reads a line "ops PATTERN VERBS [SHAPE] [VERB=LINE] [timeout=body] [listname=whole]". It returns nil for a line that
// takes a collection out, whose VERBS are "-".
func newCollection(s *Service, fields []string) *Collection {
	if fields[2] == "-" {
		return nil
	}
	c := &Collection{Service: s, Pattern: fields[1], Shape: Standard}
	for verb, word := range verbWords {
		if strings.Contains(fields[2], word[:1]) {
			c.lines[verb] = usual(verb, c.Pattern)
		}
	}
	for _, field := range fields[3:] {
		c.set(field)
	}
	return c
}

func (c *Collection) set(field string) {
	name, value, isLine := strings.Cut(field, "=")
	if !isLine {
		c.Shape = Shape(name)
		return
	}
	switch name {
	case "timeout":
		c.timeoutBody = value == "body"
	case "listname":
		c.listsWhole = value == "whole"
	}
	for verb, word := range verbWords {
		if word == name {
			c.lines[verb] = newTemplate(value, c.lines[verb])
		}
	}
}

// Parent is what the operations on a target stand below in the collection: the longest beginning of the target's
// name of that form. In a form of the service's own, such as Compute Engine's, operations on what stands in no
// place, such as a project, are in "global" of it. Parent reports false if the collection has none on the target.
func (c *Collection) Parent(target string) (parent string, ok bool) {
	form := parentOf(parentOf(c.Pattern))
	if form == "" {
		return "", !strings.Contains(c.Pattern, "**")
	}
	if parent, ok = beginning(form, target); ok || c.Shape == Standard {
		return parent, ok
	}
	above, isGlobal := strings.CutSuffix(form, "/global")
	if !isGlobal {
		return "", false
	}
	parent, ok = beginning(above, target)
	return parent + "/global", ok
}

// beginning returns the longest beginning of a name, by whole segments, that has a form.
func beginning(form, name string) (string, bool) {
	for ; name != ""; name = parentOf(name) {
		if Match(form, name) {
			return name, true
		}
	}
	return "", false
}

// CollectionsAt returns the collections at a host that an operation of that name may be in, those of
// the newest version first. It returns more than one where versions share the pattern.
func CollectionsAt(hostname, name string) []*Collection {
	var found []*Collection
	for _, s := range ServicesAt(hostname) {
		for _, c := range s.Collections() {
			if Match(c.Pattern, name) {
				found = append(found, c)
			}
		}
	}
	return found
}
