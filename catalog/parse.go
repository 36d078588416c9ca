package catalog

import (
	"slices"
	"strings"
)

// contents is what a section says below its service line.
type contents struct {
	collections []*Collection
	methods     []*Method
}

// parse reads a section. A line of the section by hand replaces that of its key; the rest of it is
// read too.
func (s *Service) parse(text, byHand string) contents {
	var c contents
	main := mainShape(s, text)
	over := keys(byHand)
	for line := range strings.SplitSeq(text, "\n") {
		if !over[lineKey(line)] {
			c.add(s, line, main)
		}
	}
	for line := range strings.SplitSeq(byHand, "\n") {
		c.add(s, line, main)
	}
	slices.SortFunc(c.collections, func(a, b *Collection) int { return strings.Compare(a.Pattern, b.Pattern) })
	slices.SortFunc(c.methods, func(a, b *Method) int { return strings.Compare(a.ID, b.ID) })
	return c
}

// add reads one line. Service lines, comments and empty lines add nothing.
func (c *contents) add(s *Service, line string, main Shape) {
	fields := strings.Split(line, "\t")
	switch {
	case len(fields) < 3 || fields[0] == "service" || strings.HasPrefix(line, "#"):
	case fields[0] == "ops":
		if collection := newCollection(s, fields); collection != nil {
			c.collections = append(c.collections, collection)
		}
	default:
		c.methods = append(c.methods, newMethod(s, fields, main))
	}
}

// keys are those of a section's lines.
func keys(text string) map[string]bool {
	found := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		if key := lineKey(line); key != "" {
			found[key] = true
		}
	}
	return found
}

// lineKey is what tells a line from others of its section: the pattern of a collection, the id of a
// method. It is "" for all other lines.
func lineKey(line string) string {
	first, rest, ok := strings.Cut(line, "\t")
	switch {
	case !ok, first == "service", strings.HasPrefix(line, "#"):
		return ""
	case first == "ops":
		pattern, _, _ := strings.Cut(rest, "\t")
		return "ops\t" + pattern
	default:
		return first
	}
}

// mainShape is the shape of all collections of a section, the standard one if they differ. Methods
// whose line names none have it.
func mainShape(s *Service, text string) Shape {
	main := Shape("")
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "ops\t") {
			continue
		}
		c := newCollection(s, strings.Split(line, "\t"))
		if c == nil || main != "" && main != c.Shape {
			return Standard
		}
		main = c.Shape
	}
	if main == "" {
		return Standard
	}
	return main
}
