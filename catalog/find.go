package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Find returns the start method of an id: "SERVICE/VERSION:ID", or the id alone if only one version
// has it or all versions say the same of it, and then the one of the newest. Any other key is an
// [*Error].
func Find(key string) (*Method, error) { return the().find(key) }

func (x *index) find(key string) (*Method, error) {
	service, id, versioned := strings.Cut(key, ":")
	if !versioned {
		service, id = "", key
	}
	among, err := x.versions(service, id)
	if err != nil {
		return nil, err
	}
	var found []*Method
	for _, s := range among {
		if m := s.Method(id); m != nil {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		return nil, x.unknownMethod(key, id, among)
	case !agree(found):
		return nil, differ(key, found)
	default:
		return found[0], nil
	}
}

// versions returns the services that may have an id, the newest version first. Service is
// "NAME/VERSION", or "" for all that the id may be of.
func (x *index) versions(service, id string) ([]*Service, error) {
	beginning, _, _ := strings.Cut(id, ".")
	var among []*Service
	for _, s := range x.services {
		if s.ids == beginning && (service == "" || service == s.String()) {
			among = append(among, s)
		}
	}
	if len(among) > 0 {
		return among, nil
	}
	if name, version, ok := strings.Cut(service, "/"); ok && len(x.byName[name]) > 0 {
		return nil, unknownVersion(name, version, x.byName[name])
	}
	return nil, x.unknownService(beginning)
}

// agree reports whether versions say the same of a method.
func agree(methods []*Method) bool {
	if len(methods) == 1 {
		return true
	}
	first := methods[0].comparable()
	return !slices.ContainsFunc(methods[1:], func(m *Method) bool { return m.comparable() != first })
}

// comparable is what versions may differ in.
func (m *Method) comparable() string {
	c := *m
	c.Service, c.Type, c.Metadata = nil, "", Metadata{}
	return fmt.Sprintf("%+v", c)
}

func differ(key string, found []*Method) error {
	names := make([]string, len(found))
	for i, m := range found {
		names[i] = m.Service.String()
	}
	slices.Sort(names)
	last := len(names) - 1
	return &Error{
		Field: "method", Value: key,
		Problem: strings.Join(names[:last], ", ") + " and " + names[last] + " differ",
		Want:    fmt.Sprintf("write %q", found[0].Key()),
	}
}

func unknownVersion(name, version string, known []*Service) error {
	versions := make([]string, len(known))
	for i, s := range known {
		versions[i] = s.Version
	}
	return &Error{
		Field: "service", Value: name + "/" + version,
		Problem: fmt.Sprintf("not in the catalog (%s)", Origin()),
		Want:    "its versions are " + strings.Join(versions, ", "),
	}
}

func (x *index) unknownService(name string) error {
	e := &Error{Field: "service", Value: name, Problem: "no discovery document", Want: "await its operations by a pattern of your own, start them with your client"}
	var names []string
	for _, s := range x.services {
		names = append(names, s.ids)
	}
	if near := nearest(name, names, 2); near != "" {
		e.Want = fmt.Sprintf("did you mean %q? If not, %s", near, e.Want)
	}
	return e
}

// unknownMethod says that a service has no such start method. It may have one that starts nothing: the
// catalog does not have those.
func (x *index) unknownMethod(key, id string, among []*Service) error {
	var ids []string
	for _, s := range among {
		for _, m := range s.Methods() {
			ids = append(ids, m.ID)
		}
	}
	e := &Error{Field: "method", Value: key, Problem: fmt.Sprintf("not in the catalog (%s)", x.origin)}
	if near := nearest(id, ids, max(2, len(id)/12)); near != "" {
		e.Want = fmt.Sprintf("did you mean %q?", near)
	} else {
		e.Want = "it starts no operation, or there is no such method"
	}
	return e
}
