package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Service is one version of a service.
type Service struct {
	// Name is the service's, such as "alloydb".
	Name string
	// Version is that of its API, such as "v1".
	Version string
	// Host is its DNS name, such as "alloydb.googleapis.com". Versions and at times services share
	// a host.
	Host string
	// Prefix is the constant path before names, such as "v1" or "compute/v1".
	Prefix string
	// Scopes are the OAuth scopes that the service takes, each a URL. One is enough. A service that
	// takes cloud-platform has that one only.
	Scopes []string
	// Located says that an operation with a region in its name is reached at the host of that region
	// only, see [Service.HostAt]. It is by hand: no document tells it.
	Located bool

	rep, loc string // regions with a host of their own, in either form
	form     string // "rep" or "loc": that of hosts which the document does not list
	ids      string // how the ids of its methods begin
	parsed   func() contents
}

const (
	scopeURL      = "https://www.googleapis.com/auth/"
	cloudPlatform = scopeURL + "cloud-platform"
)

// newService reads the service line of a section, and that of the section by hand.
func newService(text, byHand string) *Service {
	fields := serviceFields(text, byHand)
	s := &Service{Name: fields[1], Version: fields[2], Host: fields[3], Prefix: fields[2], Scopes: []string{cloudPlatform}, ids: fields[1]}
	for _, field := range fields[4:] {
		s.set(field)
	}
	s.parsed = sync.OnceValue(func() contents { return s.parse(text, byHand) })
	return s
}

// serviceFields are the fields of a service line. One by hand with a host replaces the generated one.
// Without a host it adds its fields to that.
func serviceFields(text, byHand string) []string {
	line, _, _ := strings.Cut(text, "\n")
	by, _, _ := strings.Cut(byHand, "\n")
	fields, own := strings.Split(line, "\t"), strings.Split(by, "\t")
	switch {
	case len(own) < 4:
		return fields
	case strings.Contains(own[3], "="):
		return append(fields, own[3:]...)
	default:
		return own
	}
}

func (s *Service) set(field string) {
	switch name, value, _ := strings.Cut(field, "="); name {
	case "prefix":
		s.Prefix = value
	case "scope":
		s.Scopes = strings.Split(value, ",")
		for i, scope := range s.Scopes {
			if !strings.Contains(scope, ":") {
				s.Scopes[i] = scopeURL + scope
			}
		}
	case "ids":
		s.ids = value
	case "rep":
		s.rep = value
	case "loc":
		s.loc = value
	case "located":
		s.Located, s.form = true, value
	}
}

// String is the name and version, such as "alloydb/v1".
func (s *Service) String() string { return s.Name + "/" + s.Version }

// RegionalHosts are the hosts of single regions that the document lists, of both forms:
// "alloydb.us-east7.rep.googleapis.com" and "us-central1-aiplatform.googleapis.com".
func (s *Service) RegionalHosts() []string {
	var hosts []string
	for region := range strings.FieldsFuncSeq(s.rep, isComma) {
		hosts = append(hosts, s.hostIn("rep", region))
	}
	for region := range strings.FieldsFuncSeq(s.loc, isComma) {
		hosts = append(hosts, s.hostIn("loc", region))
	}
	return hosts
}

func isComma(c rune) bool { return c == ',' }

// Collections returns the kinds of operations of the service, by pattern.
func (s *Service) Collections() []*Collection { return s.parsed().collections }

// Methods returns the methods of the service that start operations, by id.
func (s *Service) Methods() []*Method { return s.parsed().methods }

// Method returns a method by its id, such as "alloydb.projects.locations.clusters.create", nil if
// the service has no such start method.
func (s *Service) Method(id string) *Method {
	methods := s.parsed().methods
	i, found := slices.BinarySearchFunc(methods, id, func(m *Method, id string) int { return strings.Compare(m.ID, id) })
	if !found {
		return nil
	}
	return methods[i]
}

// Stable reports whether the version is neither an alpha nor a beta.
func (s *Service) Stable() bool { return stable(s.Version) }

func stable(version string) bool {
	_, err := strconv.ParseFloat(strings.TrimPrefix(version, "v"), 64)
	return err == nil
}

// byNameAndVersion orders services by name, and puts a newer version first, a stable one before all
// others.
func byNameAndVersion(a, b *Service) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), -cmp.Compare(number(a.Version), number(b.Version)), -strings.Compare(a.Version, b.Version))
}

func number(version string) float64 {
	n, _ := strconv.ParseFloat(strings.TrimPrefix(version, "v"), 64)
	return n
}
