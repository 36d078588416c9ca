package testsuite

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// Left describes what [Service.AssertNothingLeft] asserts that there is none of: each resource with its state,
// each operation that runs. It is for a program that has no test, and sorts resources by name. It returns nil if
// nothing is left.
func (s *Service) Left(names ...string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	var left []string
	for _, name := range slices.Sorted(maps.Keys(s.resources)) {
		r := s.find(name)
		if r != nil && !r.deleted && (under(names, name) || len(names) == 0 && r.created != nil) {
			left = append(left, fmt.Sprintf("%s (%s)", name, r.state(now)))
		}
	}
	for _, op := range s.order {
		if op.running(now) && (under(names, op.name) || under(names, op.target) || len(names) == 0) {
			left = append(left, fmt.Sprintf("%s (%s)", s.nameOf(op), op.described()))
		}
	}
	return left
}

// nameOf names an operation for a message: Spanner's by its name, which holds that of its
// resource, another service's by its Ref.
func (s *Service) nameOf(op *operation) string {
	if s.options.Service == lro.SpannerService {
		return op.name
	}
	return lro.Ref{Service: s.options.Service, Name: op.name}.String()
}

// described says how a running operation is.
func (o *operation) described() string {
	if o.method == "" {
		return "running"
	}
	return fmt.Sprintf("%s is running", o.method)
}

// under reports whether a name is one of names or stands below one.
func under(names []string, name string) bool {
	return slices.ContainsFunc(names, func(above string) bool {
		return name == above || strings.HasPrefix(name, above+"/")
	})
}

// stateOf is the state of a resource, "" if there is none of the name, and whether it is ready.
func (s *Service) stateOf(name string) (state string, ready bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, now := s.find(name), s.clock.Now()
	if r == nil {
		return "", false
	}
	state = r.state(now)
	if r.by != nil {
		return state, r.phase(now) == phaseReady
	}
	return state, state == stateReady
}
