package rest

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
	"github.com/awaitop/awaitop/services/shapes"
)

// target is where a request about an operation goes, and the form of its reply.
type target struct {
	service served
	verb    string
	url     string // without a query
	query   url.Values
	shape   shapes.Shape
	// timeout is the place of a wait's timeout; the zero Where if it takes none.
	timeout catalog.Where
}

// operationMethod is a method of google.longrunning that is about one operation.
type operationMethod struct {
	name   string
	line   func(*catalog.Collection, string) (catalog.RequestLine, bool)
	verb   string // of the standard request line; "" if only the catalog tells which services have the method
	suffix string // behind the name in the standard request line
}

var (
	getOperation    = operationMethod{"GetOperation", (*catalog.Collection).Get, http.MethodGet, ""}
	cancelOperation = operationMethod{"CancelOperation", (*catalog.Collection).Cancel, http.MethodPost, ":cancel"}
	deleteOperation = operationMethod{"DeleteOperation", (*catalog.Collection).Delete, http.MethodDelete, ""}
)

// operation returns the target of a request about an operation. If the catalog knows that the service
// has no such method, the error is an [*lro.Error] with the code UNIMPLEMENTED.
func (r *registry) operation(ref lro.Ref, method operationMethod) (target, error) {
	if err := ref.Validate(); err != nil {
		return target{}, err
	}
	service, err := r.of("ref", resource(ref))
	if err != nil {
		return target{}, err
	}
	collections, listed := service.collections(ref.Service, ref.Name)
	if len(collections) == 0 && method.verb != "" {
		path := service.base(ref.Service) + "/" + ref.Name + method.suffix
		return target{service: service, verb: method.verb, url: service.url(ref.Name, path), shape: shapes.Standard}, nil
	}
	for _, c := range collections {
		if line, ok := method.line(c, ref.Name); ok && (listed || method.verb != "") {
			return service.target(ref.Name, line, c)
		}
	}
	return target{}, requests.Unimplemented(method.name, ref.Service, ref.Name)
}

// list returns the target of a List.
func (r *registry) list(collection lro.Collection) (target, error) {
	if err := collection.Validate(); err != nil {
		return target{}, err
	}
	service, err := r.of("collection", resource(collection))
	if err != nil {
		return target{}, err
	}
	parent, _ := cutLast(collection.Name)
	collections, _ := service.collections(collection.Service, collection.Name+"/o")
	for _, c := range collections {
		if line, ok := c.List(parent); ok {
			return service.target(collection.Name, line, c)
		}
	}
	if len(collections) > 0 {
		return target{}, requests.Unimplemented("ListOperations", collection.Service, collection.Name)
	}
	// A collection across others, such as one of Spanner's, or one of a service outside of the catalog.
	path := service.base(collection.Service) + "/" + collection.Name
	return target{service: service, verb: http.MethodGet, url: service.url(collection.Name, path), shape: shapes.Standard}, nil
}

// cutLast cuts a name before its last segment.
func cutLast(name string) (before, last string) {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)], name[i+1:]
}

// collections are the catalog's collections that a name may be in, in the versions that the
// configuration allows. If the catalog lists none of those, they are the collections of a form of their own in
// other versions, because the versions of a service share that form. The standard form has its usual requests.
func (s served) collections(service, name string) (found []*catalog.Collection, listed bool) {
	var others []*catalog.Collection
	for _, c := range catalog.CollectionsAt(service, name) {
		switch {
		case s.has(c.Service):
			found = append(found, c)
		case c.Shape != catalog.Standard:
			others = append(others, c)
		}
	}
	if len(found) > 0 {
		return found, true
	}
	return others, false
}

// has reports whether the configuration allows a version of the catalog.
func (s served) has(version *catalog.Service) bool {
	return !s.prefixed && (s.fixed == "" || s.fixed == version.Version || s.fixed == version.Prefix)
}

// path is that of a request line of a version. If the configuration has another version, that stands in its
// place: "beta" makes "compute/beta" of "compute/v1", and "compute/beta" does.
func (s served) path(line catalog.RequestLine, version *catalog.Service) string {
	if s.has(version) {
		return line.Path
	}
	below := strings.TrimPrefix(line.Path, version.Prefix+"/")
	above, _ := cutLast(version.Prefix)
	if above == "" || strings.Contains(s.fixed, "/") {
		return s.fixed + "/" + below
	}
	return above + "/" + s.fixed + "/" + below
}

// base is the path before names that are in no collection of the catalog.
func (s served) base(service string) string {
	newest := ""
	if versions := catalog.ServicesAt(service); len(versions) > 0 {
		newest = versions[0].Prefix
	}
	return cmp.Or(s.fixed, newest, DefaultVersion)
}

// url is the URL of a path about a resource. The path is not escaped.
func (s served) url(name, path string) string {
	return cmp.Or(s.located.base(name), s.endpoint) + "/" + escapePath(path)
}

// target is the target of a request line of a collection about a resource.
func (s served) target(name string, line catalog.RequestLine, of *catalog.Collection) (target, error) {
	shape, err := shapes.Named(string(of.Shape))
	if err != nil {
		return target{}, err
	}
	t := target{service: s, verb: line.Verb, url: s.url(name, s.path(line, of.Service)), shape: shape, timeout: line.Timeout}
	if line.Parameter != "" {
		t.query = url.Values{line.Parameter: {line.Value}}
	}
	return t, nil
}
