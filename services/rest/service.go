package rest

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"cloud.google.com/go/auth"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/internal/allowed"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// DefaultVersion is the API version of a [Service] without a Version that the catalog does not have.
const DefaultVersion = "v1"

// Service is one service that Refs can name, or all services that a pattern stands for.
type Service struct {
	// Name is the service's DNS name as it stands in a Ref, such as "spanner.googleapis.com". With
	// "*" for any text, such as "*.googleapis.com", it stands for all services of package catalog
	// that fit and have no Service of their own name. Required.
	Name string
	// Endpoint is where the service is reached: a base URL, or host or host:port for https. A
	// regional endpoint or an emulator goes here. Workflow input cannot set it. Default: "https://"
	// + Name, in Options.UniverseDomain, or the host of a location, see Regional.
	Endpoint string
	// Regional reaches an operation at the host of the region in its name, if the catalog lists one
	// for the service: SERVICE.REGION.rep.googleapis.com or REGION-SERVICE.googleapis.com. All others
	// are reached at the service's global host. Services that the catalog marks as Located, such as
	// aiplatform.googleapis.com, are always reached at their region's host. An Endpoint goes before
	// both. Default: the global host.
	Regional bool
	// Version is the path before operation names, such as "v1" or "dns/v1". Default: what the
	// catalog says of each name, so that versions of a service are served side by side. For a service
	// that it does not have, [DefaultVersion]. In a version that the catalog does not have, such as
	// "compute/beta" or "sql/v1beta4", operations of a form of their own have the requests of the service's
	// other versions, without a wait. All others have the standard requests.
	Version string
	// Prefix is a constant path between Version and operation names, if the service has one. The
	// catalog knows those of Google's services. Default none.
	Prefix string
	// WithoutWait never sends the service's WaitOperation. Default: it is sent for the operations for
	// which the catalog has it, see [Client.WaitOperation].
	WithoutWait bool

	// Credentials authenticate requests of this service in place of those of Options. They are sent to
	// no other service. Default: as Options say.
	Credentials *auth.Credentials
	// APIKey does it in place of Credentials. Default: as Options say.
	APIKey string
	// WithoutAuthentication sends no credentials to this service, and allows an http:// Endpoint: for
	// an emulator beside services that need credentials. Default: as Options say.
	WithoutAuthentication bool
	// Scopes are the OAuth scopes of the application default credentials for this service, each a URL.
	// With other credentials, or without authentication, they are an [*lro.InvalidError]. Default:
	// cloud-platform. For the services of package catalog that do not take it, all that they take.
	Scopes []string
	// QuotaProject is Options.QuotaProject for this service. Default: as Options say.
	QuotaProject string
	// ErrorFormat is Options.ErrorFormat for this service. Default: as Options say.
	ErrorFormat ErrorFormat
}

// registry holds the services and resources that can be named. It does not change after New.
type registry struct {
	services map[string]served
	prefixes []string
}

// served is a service that can be named. Its URLs have no trailing slash.
type served struct {
	endpoint string // the service's own URL
	located  locator
	access   access
	format   ErrorFormat
	fixed    string // the path before names that the configuration gives, "" for that of the catalog
	prefixed bool   // the configuration gives a Prefix
	unwaited bool   // the configuration says WithoutWait
}

// newRegistry validates the services and prefixes of o, whose defaults are set.
func newRegistry(o Options) (*registry, error) {
	r := &registry{services: make(map[string]served, len(o.Services))}
	named := map[string]bool{}
	for i, service := range o.Services {
		field := fmt.Sprintf("services[%d]", i)
		if named[service.Name] {
			return nil, &lro.InvalidError{Field: field + ".name", Value: service.Name, Want: "each service once", Problem: "is there twice"}
		}
		named[service.Name] = true
		if err := r.add(field, service, o); err != nil {
			return nil, err
		}
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

// add adds a service, or those of its pattern that have not been added. The Services of single names
// are added in place of those of patterns.
func (r *registry) add(field string, service Service, o Options) error {
	names := service.names()
	if len(names) == 0 {
		return &lro.InvalidError{Field: field + ".name", Value: service.Name, Want: "a pattern of services' names, such as *.googleapis.com", Problem: "fits none of the catalog"}
	}
	for _, name := range names {
		if _, there := r.services[name]; there && service.isPattern() {
			continue
		}
		one := service
		one.Name = name
		added, err := one.served(field, o)
		if err != nil {
			return err
		}
		r.services[name] = added
	}
	return nil
}

func (s Service) isPattern() bool { return strings.Contains(s.Name, "*") }

// names are the names of the services that s stands for.
func (s Service) names() []string {
	if !s.isPattern() {
		return []string{s.Name}
	}
	return slices.DeleteFunc(catalog.Hosts(), func(host string) bool { return !fits(s.Name, host) })
}

// fits reports whether a name fits a pattern, in which "*" is any text.
func fits(pattern, name string) bool {
	first, rest, more := strings.Cut(pattern, "*")
	name, ok := strings.CutPrefix(name, first)
	if !more || !ok {
		return ok && name == ""
	}
	for at := 0; at <= len(name); at++ {
		if fits(rest, name[at:]) {
			return true
		}
	}
	return false
}

// served is the service as the registry holds it.
func (s Service) served(field string, o Options) (served, error) {
	endpoint, err := s.endpoint(field, o)
	if err != nil {
		return served{}, err
	}
	if err := s.validateAccess(field, o); err != nil {
		return served{}, err
	}
	out := served{endpoint: endpoint, access: s.access(o), format: cmp.Or(s.ErrorFormat, o.ErrorFormat), prefixed: s.Prefix != "", unwaited: s.WithoutWait}
	if s.Endpoint == "" {
		out.located = s.locator(o.universe())
	}
	out.fixed, err = s.path(field)
	return out, err
}

// endpoint returns the service's own URL.
func (s Service) endpoint(field string, o Options) (string, error) {
	if err := lro.ValidateService(s.Name); err != nil {
		return "", lro.InField(err, "ref.service", field+".name")
	}
	return parseEndpoint(field+".endpoint", cmp.Or(s.Endpoint, requests.InUniverse(s.Name, o.universe())), s.access(o).plain)
}

// path is the path before operation names that the Service gives, "" for that of the catalog.
func (s Service) path(field string) (string, error) {
	var parts []string
	version := s.Version
	if version == "" && s.Prefix != "" {
		version = DefaultVersion
	}
	for _, part := range []struct{ field, path string }{{"version", version}, {"prefix", s.Prefix}} {
		path := strings.Trim(part.path, "/")
		if path == "" {
			continue
		}
		if err := lro.ValidateName(field+"."+part.field, path); err != nil {
			return "", err
		}
		parts = append(parts, path)
	}
	return strings.Join(parts, "/"), nil
}

// resource is the subject of a request.
type resource struct{ Service, Name string }

// of returns the service of a resource whose name is valid. If the worker does not allow it, the
// error is an [*lro.InvalidError] for a field below the given one. The worker's configuration narrows
// the names, and widens nothing.
func (r *registry) of(field string, of resource) (served, error) {
	service, registered := r.services[of.Service]
	if !registered {
		return served{}, r.unknown(field+".service", of.Service)
	}
	if !allowed.ByAny(r.prefixes, of.Name) {
		return served{}, &lro.InvalidError{Field: field + ".name", Value: of.Name, Want: "a name below one of the worker's allowed prefixes", Problem: "is not allowed"}
	}
	return service, nil
}

func (r *registry) unknown(field, service string) error {
	known := strings.Join(slices.Sorted(maps.Keys(r.services)), ", ")
	return &lro.InvalidError{Field: field, Value: service, Want: "a service registered with this worker: " + known, Problem: "is not registered"}
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
