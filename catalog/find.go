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
	among, err := x.versions(key, service, id)
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
// "NAME/VERSION", or "" for all that the id may be of. Key is what the caller has written.
func (x *index) versions(key, service, id string) ([]*Service, error) {
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
	return nil, x.unfound(key, service, id)
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
