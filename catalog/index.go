package catalog

import (
	"slices"
	"strings"
	"sync"
)

// index has the places of services in the files.
type index struct {
	origin   string
	services []*Service
	byName   map[string][]*Service // the newest version first
	byHost   map[string]*host
}

// the is the index of the embedded files, made at first use.
var the = sync.OnceValue(func() *index { return newIndex(generatedFile, handFile) })

// Origin is the module and version whose documents the catalog was generated from, such as
// "google.golang.org/api v0.311.0".
func Origin() string { return the().origin }

// Services returns all services, by name, of each the newest version first.
func Services() []*Service { return slices.Clone(the().services) }

func newIndex(generated, byHand string) *index {
	x := &index{origin: origin(generated), byName: map[string][]*Service{}, byHost: map[string]*host{}}
	overrides := map[string]string{}
	for text := range sections(byHand) {
		overrides[sectionKey(text)] = text
	}
	for text := range sections(generated) {
		key := sectionKey(text)
		x.services = append(x.services, newService(text, overrides[key]))
		delete(overrides, key)
	}
	for text := range sections(byHand) {
		if _, own := overrides[sectionKey(text)]; own {
			x.services = append(x.services, newService(text, ""))
		}
	}
	slices.SortStableFunc(x.services, byNameAndVersion)
	for _, s := range x.services {
		x.add(s)
	}
	return x
}

// add adds a service to what is looked up. Services come in their order.
func (x *index) add(s *Service) {
	x.byName[s.Name] = append(x.byName[s.Name], s)
	at := x.byHost[s.Host]
	if at == nil {
		at = newHost(s.Host)
		x.byHost[s.Host] = at
	}
	at.services = append(at.services, s)
}

const serviceLine = "service\t"

// sections yields the services' parts of a file, each from its service line on.
func sections(file string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		_, rest, found := strings.Cut(file, "\n"+serviceLine)
		if !found {
			return
		}
		rest = file[len(file)-len(rest)-len(serviceLine):]
		for rest != "" {
			end := strings.Index(rest, "\n"+serviceLine)
			text := rest
			if end >= 0 {
				text = rest[:end+1]
			}
			rest = rest[len(text):]
			if !yield(text) {
				return
			}
		}
	}
}

// sectionKey is the beginning of a section's service line: "service NAME VERSION".
func sectionKey(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	end := 0
	for range 3 {
		if i := strings.IndexByte(line[end:], '\t'); i >= 0 {
			end += i + 1
		} else {
			return line
		}
	}
	return line[:end-1]
}

// origin is the second line of the generated file.
func origin(file string) string {
	_, rest, _ := strings.Cut(file, "\n")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimPrefix(line, "# ")
}
