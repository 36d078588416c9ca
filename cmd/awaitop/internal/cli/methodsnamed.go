package cli

import (
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// methodsNamed returns the methods that a name is the service or the beginning of, "" of all. It reports false
// for any other name, such as a whole id.
func methodsNamed(name string) ([]*catalog.Method, bool) {
	var found []*catalog.Method
	listed := false
	for _, s := range catalog.Services() {
		if isService(s, name) {
			found, listed = append(found, s.Methods()...), true
		}
	}
	if listed {
		return found, true
	}
	for _, s := range catalog.Services() {
		for _, m := range s.Methods() {
			if strings.HasPrefix(m.ID, name+".") || strings.HasPrefix(m.Key(), name+".") {
				found = append(found, m)
			}
		}
	}
	return found, len(found) > 0
}

// isService reports whether a name is that of a service, with its version or without, its host, or "" for all.
func isService(s *catalog.Service, name string) bool {
	return name == "" || name == s.Name || name == s.String() || name == s.Host
}

// having returns the methods with a word in their ids, in any case.
func having(word string, methods []*catalog.Method) []*catalog.Method {
	var found []*catalog.Method
	for _, m := range methods {
		if strings.Contains(strings.ToLower(m.ID), strings.ToLower(word)) {
			found = append(found, m)
		}
	}
	return found
}
