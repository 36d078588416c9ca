package sweep

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// below returns the collections directly below a parent that a sweep lists: those of operations, and
// those of resources that have labels. It is empty if the catalog knows none. Of a service that is not
// in the catalog there is one collection, "PARENT/operations".
func below(parent orphans.Place) []orphans.Place {
	services := catalog.ServicesAt(parent.Service)
	var found []orphans.Place
	add := func(kind orphans.PlaceKind, name string) {
		p := orphans.Place{Kind: kind, Service: parent.Service, Name: name, Found: parent.Found}
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	if len(services) == 0 {
		add(orphans.Operations, parent.Name+"/operations")
	}
	for _, s := range services {
		for _, c := range s.Collections() {
			name := childOf(parent.Name, parentOf(c.Pattern))
			if _, lists := c.List(parent.Name); lists && name != "" {
				add(orphans.Operations, name)
			}
		}
		for _, m := range s.Methods() {
			name := childOf(parent.Name, parentOf(m.Made()))
			if name == "" {
				continue
			}
			if across := (lro.Ref{Service: parent.Service, Name: name + "/-/operations/-"}).Aggregate(); !across.IsZero() {
				add(orphans.Operations, across.Name)
			}
			if m.Labels != "" {
				add(orphans.Resources, name)
			}
		}
	}
	return found
}

// childOf is the collection of a form that is directly below a parent, "" if none is.
func childOf(parent, form string) string {
	name := parent + "/" + lastOf(form)
	if form == "" || !catalog.Match(form, name) {
		return ""
	}
	return name
}

// parentOf is a name without its last segment.
func parentOf(name string) string { return name[:max(strings.LastIndexByte(name, '/'), 0)] }

// maker is the start method that makes the resources of a collection, the newest version's. nil if the
// catalog has none that can label them.
func maker(service, collection string) *catalog.Method {
	for _, s := range catalog.ServicesAt(service) {
		for _, m := range s.Methods() {
			if m.Labels != "" && catalog.Match(parentOf(m.Made()), collection) {
				return m
			}
		}
	}
	return nil
}
