package rest

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// DefaultVersion is the API version of a [Service] without a Version.
const DefaultVersion = "v1"

// Service is one service that Refs can name.
type Service struct {
	// Name is the service's DNS name as it stands in a Ref, such as
	// "spanner.googleapis.com". Required.
	Name string
	// Endpoint is where the service is reached: a base URL, or host or host:port for https. A
	// regional endpoint or an emulator goes here. Workflow input cannot set it. Default "https://"
	// + Name.
	Endpoint string
	// Version is the path before operation names, such as "v1" or "dns/v1".
	// Default [DefaultVersion].
	Version string
	// Prefix is a constant path between Version and operation names, if the service has one, such
	// as "admin" for pubsublite.googleapis.com. Default none.
	Prefix string
}

// registry holds the services and resources that can be named. It does not change after New.
type registry struct {
	// bases holds the URL before operation names, without a trailing slash.
	bases map[string]string
	// endpoints holds each service's own URL, without a trailing slash.
	endpoints map[string]string
	prefixes  []string
}

// newRegistry validates the services and prefixes of o, whose defaults are set.
func newRegistry(o Options) (*registry, error) {
	r := &registry{bases: make(map[string]string, len(o.Services)), endpoints: make(map[string]string, len(o.Services))}
	for i, service := range o.Services {
		field := fmt.Sprintf("services[%d]", i)
		if _, twice := r.bases[service.Name]; twice {
			return nil, &lro.InvalidError{Field: field + ".name", Value: service.Name, Want: "each service once", Problem: "is there twice"}
		}
		endpoint, err := service.endpoint(field, o.WithoutAuthentication)
		if err != nil {
			return nil, err
		}
		base, err := service.base(field, endpoint)
		if err != nil {
			return nil, err
		}
		r.endpoints[service.Name], r.bases[service.Name] = endpoint, base
	}
	for i, prefix := range o.AllowedPrefixes {
		prefix = strings.TrimSuffix(prefix, "/")
		if err := lro.ValidateParent(fmt.Sprintf("allowedPrefixes[%d]", i), prefix); err != nil {
			return nil, err
		}
		r.prefixes = append(r.prefixes, prefix)
	}
	return r, nil
}

// endpoint returns the URL of the service.
func (s Service) endpoint(field string, plain bool) (string, error) {
	if err := lro.ValidateService(s.Name); err != nil {
		return "", lro.InField(err, "ref.service", field+".name")
	}
	return parseEndpoint(field+".endpoint", cmp.Or(s.Endpoint, s.Name), plain)
}

// base returns the URL before operation names.
func (s Service) base(field, endpoint string) (string, error) {
	base := endpoint
	for _, part := range []struct{ field, path string }{{"version", cmp.Or(s.Version, DefaultVersion)}, {"prefix", s.Prefix}} {
		path := strings.Trim(part.path, "/")
		if path == "" {
			continue
		}
		if err := lro.ValidateName(field+"."+part.field, path); err != nil {
			return "", err
		}
		base += "/" + escapePath(path)
	}
	return base, nil
}

// operation returns the URL of an operation.
func (r *registry) operation(ref lro.Ref) (string, error) {
	if err := ref.Validate(); err != nil {
		return "", err
	}
	return r.url("ref", resource(ref))
}

// collection returns the URL of a collection of operations.
func (r *registry) collection(c lro.Collection) (string, error) {
	if err := c.Validate(); err != nil {
		return "", err
	}
	return r.url("collection", resource(c))
}

// resource is the subject of a request.
type resource struct{ Service, Name string }

// url returns the URL of a resource whose name is valid. If the worker does not allow it, the error
// is an [*lro.InvalidError] for a field below the given one. The worker's configuration narrows the
// names, and widens nothing.
func (r *registry) url(field string, of resource) (string, error) {
	base, registered := r.bases[of.Service]
	if !registered {
		return "", r.unknown(field+".service", of.Service)
	}
	if !r.allows(of.Name) {
		return "", &lro.InvalidError{Field: field + ".name", Value: of.Name, Want: "a name below one of the worker's allowed prefixes", Problem: "is not allowed"}
	}
	return base + "/" + escapePath(of.Name), nil
}

func (r *registry) unknown(field, service string) error {
	known := strings.Join(slices.Sorted(maps.Keys(r.bases)), ", ")
	return &lro.InvalidError{Field: field, Value: service, Want: "a service registered with this worker: " + known, Problem: "is not registered"}
}

func (r *registry) allows(name string) bool {
	return len(r.prefixes) == 0 || slices.ContainsFunc(r.prefixes, func(prefix string) bool {
		rest, ok := strings.CutPrefix(name, prefix)
		return ok && (rest == "" || rest[0] == '/')
	})
}

// escapePath escapes each segment. Names may be base64, so '+' and '=' stay in a path. So does
// "%2F", the one escape that a name may have.
func escapePath(name string) string {
	segments := strings.Split(name, "/")
	for i, segment := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(segment), "%252F", "%2F")
	}
	return strings.Join(segments, "/")
}
