package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// unfound says why no service of a name, "" for any, has ids that begin as this one.
func (x *index) unfound(key, service, id string) error {
	name, version, versioned := strings.Cut(service, "/")
	if !versioned {
		name, _, _ = strings.Cut(id, ".")
	}
	known := x.byName[name]
	has := func(s *Service) bool { return !versioned || s.Version == version }
	switch {
	case len(known) == 0:
		return x.unknownService(name)
	case !slices.ContainsFunc(known, has):
		return unknownVersion(name, version, known)
	default:
		return x.begunOtherwise(key, id, known)
	}
}

// begunOtherwise says that the ids of a service begin otherwise than this one, such as those of sqladmin.
func (x *index) begunOtherwise(key, id string, among []*Service) error {
	_, rest, _ := strings.Cut(id, ".")
	e := x.unknownMethod(key, strings.TrimSuffix(among[0].ids+"."+rest, "."), among)
	e.Problem = fmt.Sprintf("the ids of %s begin with %q", among[0].Name, among[0].ids+".")
	return e
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
	e := &Error{
		Field: "service", Value: name, Problem: "no service of this name has a discovery document",
		Want: "await its operations by a pattern of your own, start them with your client",
	}
	var names []string
	for _, s := range x.services {
		names = append(names, s.ids, s.Name)
	}
	if near := nearest(name, names, 2); near != "" {
		e.Want = fmt.Sprintf("did you mean %q? If not, %s", near, e.Want)
	}
	return e
}

// unknownMethod says that a service has no such start method. It may have one that starts nothing: the
// catalog does not have those.
func (x *index) unknownMethod(key, id string, among []*Service) *Error {
	ids := idsOf(among)
	e := &Error{Field: "method", Value: key, Problem: fmt.Sprintf("not in the catalog (%s)", x.origin)}
	if below := firstBelow(id, ids); below != "" {
		e.Problem = "the beginning of ids"
		e.Want = fmt.Sprintf("write one whole, such as %q", below)
	} else if near := nearest(id, ids, max(2, len(id)/12)); near != "" {
		e.Want = fmt.Sprintf("did you mean %q?", near)
	} else {
		e.Want = "it starts no operation, or there is no such method"
	}
	return e
}

func idsOf(among []*Service) []string {
	var ids []string
	for _, s := range among {
		for _, m := range s.Methods() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// firstBelow is the first id that begins with a part and a dot, "" if there is none.
func firstBelow(part string, ids []string) string {
	for _, id := range ids {
		if strings.HasPrefix(id, part+".") {
			return id
		}
	}
	return ""
}
