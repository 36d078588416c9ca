package testsuite

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// startTable has the request lines of a service of package catalog: its start methods, and the get,
// list and delete of what they make.
type startTable struct {
	routes []*startRoute // the most specific first
	byID   map[Method]*startRoute
	makers []*catalog.Method
	// ownForm says that some of its operations are not of the standard form.
	ownForm bool
}

// startRoute is one of these lines.
type startRoute struct {
	id            Method
	verb, pattern string          // see matches
	before, after string          // the path around the name
	method        *catalog.Method // the start method, or that which makes what the line is about
	prepare       prepare         // of a start method
	act           func(*Service, request) reply
}

// starts reports whether the line is that of a start method.
func (r *startRoute) starts() bool { return r.prepare != nil }

var startTables sync.Map // of *startTable, by the name of the service

// startsOf is the table of a service. It is empty for Spanner, whose methods are in route.go, and for a
// service that the catalog does not have.
func startsOf(service string) *startTable {
	if known, ok := startTables.Load(service); ok {
		return known.(*startTable)
	}
	t := &startTable{byID: map[Method]*startRoute{}}
	if service != lro.SpannerService {
		for _, version := range catalog.ServicesAt(service) {
			t.addService(version)
		}
	}
	slices.SortStableFunc(t.routes, func(a, b *startRoute) int { return cmp.Compare(literal(b.pattern), literal(a.pattern)) })
	known, _ := startTables.LoadOrStore(service, t)
	return known.(*startTable)
}

// literal is how much of a pattern is no wildcard.
func literal(pattern string) int { return len(pattern) - strings.Count(pattern, "*") }

func (t *startTable) addService(s *catalog.Service) {
	for _, c := range s.Collections() {
		t.ownForm = t.ownForm || c.Shape != catalog.Standard
	}
	for _, m := range s.Methods() {
		t.addStart(m)
	}
	for _, m := range s.Methods() {
		if m.Makes() {
			t.addMade(m)
		}
	}
}

// addStart adds a start method.
func (t *startTable) addStart(m *catalog.Method) {
	t.add(&startRoute{
		id: Method(m.ID), verb: m.Verb, pattern: m.Path, after: strings.TrimPrefix(m.Path, aboveOf(m)), method: m,
		prepare: prepareOf(m), act: (*Service).actOnStart,
	})
}

// addMade adds the get, list and delete of what a method makes. Their ids are the method's with another
// last word. A service has more than one method that makes the same: the first one's line stands.
func (t *startTable) addMade(m *catalog.Method) {
	t.makers = append(t.makers, m)
	made, beginning := m.Made(), m.ID[:strings.LastIndexByte(m.ID, '.')+1]
	if m.CanGet {
		t.add(&startRoute{id: Method(beginning + "get"), verb: "GET", pattern: made, method: m, act: (*Service).getMade})
	}
	t.add(&startRoute{id: Method(beginning + "list"), verb: "GET", pattern: aboveOf(m), method: m, act: listOf(m)})
	if m.Delete == catalog.DeleteNow {
		t.add(&startRoute{id: Method(beginning + "delete"), verb: "DELETE", pattern: made, method: m, act: (*Service).deleteMade})
	}
}

// add adds a route, unless there is one of its line.
func (t *startTable) add(r *startRoute) {
	r.before = r.method.Service.Prefix + "/"
	if strings.HasPrefix(r.pattern, "/") {
		r.before, r.pattern = "", r.pattern[1:]
	}
	r.pattern = r.before + r.pattern
	same := func(other *startRoute) bool { return other.verb == r.verb && other.pattern == r.pattern }
	if slices.ContainsFunc(t.routes, same) {
		return
	}
	t.routes = append(t.routes, r)
	if t.byID[r.id] == nil {
		t.byID[r.id] = r
	}
}

// aboveOf is the form of the name in the path of a start method: of the collection for one that makes
// something, else of its target.
func aboveOf(m *catalog.Method) string {
	if m.Makes() {
		return parentOf(m.Made())
	}
	return m.Target()
}

// parentOf is a name without its last segment.
func parentOf(name string) string {
	parent, _ := splitLast(name)
	return strings.TrimSuffix(parent, "/")
}

// makerOf is a method that makes resources of such a name, nil if there is none.
func (t *startTable) makerOf(name string) *catalog.Method {
	i := slices.IndexFunc(t.makers, func(m *catalog.Method) bool { return catalog.Match(m.Made(), name) })
	if i < 0 {
		return nil
	}
	return t.makers[i]
}

// request reads a request line as a call of the service.
func (t *startTable) request(verb, path string, query url.Values, body []byte) (request, bool) {
	for _, route := range t.routes {
		if route.verb != verb || !matches(route.pattern, path) {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, route.before), route.after)
		r := request{method: route.id, name: name, args: url.Values{}, body: body, route: route, form: route.method.Shape}
		for parameter, values := range query {
			r.args[spannerjson.CamelCase(parameter)] = values
		}
		if id := r.madeID(); id != "" {
			r.name += "/" + id
		}
		r.refuseParameters()
		return r, true
	}
	return request{}, false
}
