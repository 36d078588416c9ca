package testsuite

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// left describes what is left of the named resources and of all in them; without
// a name, of all that starts made.
func (s *Service) left(names []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	var left []string
	for _, name := range slices.Sorted(maps.Keys(s.resources)) {
		r := s.find(name)
		if r != nil && (under(names, name) || len(names) == 0 && r.created != nil) {
			left = append(left, fmt.Sprintf("%s (%s)", name, r.state(now)))
		}
	}
	for _, op := range s.order {
		if op.running(now) && (under(names, op.name) || len(names) == 0) {
			left = append(left, fmt.Sprintf("%s (%s)", op.name, op.described()))
		}
	}
	return left
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

// stateOf is the state of a resource, "" if there is none of the name.
func (s *Service) stateOf(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(name)
	if r == nil {
		return ""
	}
	return r.state(s.clock.Now())
}
