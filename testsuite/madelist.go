package testsuite

import (
	"maps"
	"slices"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/testsuite/internal/filter"
)

// listOf is the list of what a method makes.
func listOf(m *catalog.Method) func(*Service, request) reply {
	if m.ID == connectionsCreate {
		return (*Service).listConnections
	}
	return (*Service).listMade
}

// listMade answers a list, in the order of names. A filter may use the fields that the catalog knows.
func (s *Service) listMade(r request) reply {
	m := r.route.method
	for own, standard := range listParameters[m.Shape] {
		if r.args.Has(own) {
			r.args[standard] = r.args[own]
		}
	}
	ask, refusal := s.paging(r, filterFields(m))
	if refusal != nil {
		return reply{status: refusal}
	}
	page, last := []any{}, ""
	for _, name := range slices.Sorted(maps.Keys(s.resources)) {
		found := s.find(name)
		if parentOf(name) != r.name || found == nil || found.by == nil || name <= ask.cursor.after {
			continue
		}
		body := found.madeJSON(s.clock.Now())
		if !ask.filter.Matches(object(body)) {
			continue
		}
		if len(page) == ask.size {
			return ok(object(map[string]any{pluralOf(m, r.name): page, "nextPageToken": ask.cursor.token(last)}))
		}
		page, last = append(page, body), name
	}
	if len(page) == 0 {
		return empty
	}
	return ok(object(map[string]any{pluralOf(m, r.name): page}))
}

// pluralOf is the field with the resources of a page.
func pluralOf(m *catalog.Method, collection string) string {
	switch m.Shape {
	case catalog.Compute, catalog.SQLAdmin, catalog.Storage:
		return "items"
	default:
		_, plural := splitLast(collection)
		return plural
	}
}

// filterFields are those that a filter may use.
func filterFields(m *catalog.Method) filter.Fields {
	fields := filter.Fields{"name", "labels."}
	for _, field := range []string{m.State, m.CreateTime} {
		if field != "" {
			fields = append(fields, field)
		}
	}
	if m.Labels != "" {
		fields = append(fields, m.Labels+".")
	}
	return fields
}
