package testsuite

import (
	"slices"

	"github.com/awaitop/awaitop/lro"
)

// Started returns the operations that a method has really started for a target, in order: "" is any
// target. It counts what the service did, not what was asked of it: a reply that was lost has started one,
// a request that was refused, or that repeated a requestId, none. The target is the name of what the
// method makes or changes, such as "projects/p/locations/l/clusters/c".
func (s *Service) Started(method Method, target string) []lro.Ref {
	s.mustHave([]Method{method})
	s.mu.Lock()
	defer s.mu.Unlock()
	var refs []lro.Ref
	for _, op := range s.order {
		if op.method == method && (target == "" || op.target == target) {
			refs = append(refs, lro.Ref{Service: s.options.Service, Name: op.name})
		}
	}
	return refs
}

// AssertStarted asserts that a method has really started want operations for a target, as
// [Service.Started] counts them.
func (s *Service) AssertStarted(t TB, method Method, target string, want int) bool {
	t.Helper()
	got := s.Started(method, target)
	return check(t, len(got) == want, "%s has started %d operations for %q, want %d: %v", method, len(got), target, want, got)
}

// table is that of the service's start methods.
func (s *Service) table() *startTable { return startsOf(s.options.Service) }

// putsMade reports whether a resource of such a name is one of the catalog's, and adds it.
func (s *Service) putsMade(name string, fields map[string]any) bool {
	m := s.table().makerOf(name)
	if m == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putMade(name, fields, m, nil)
	return true
}

// isTarget reports whether a method starts operations for a target of such a name.
func (t *startTable) isTarget(method Method, name string) bool {
	route := t.byID[method]
	return route != nil && slices.ContainsFunc([]string{route.method.Target(), route.method.Made()}, func(pattern string) bool {
		return pattern != "" && matches(pattern, name)
	})
}
