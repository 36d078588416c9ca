package testsuite

import (
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// The preconditions that Spanner's reference names. Each answers
// FAILED_PRECONDITION, so that a saga whose steps overlap fails in a test as it
// fails in the cloud.

func failedPrecondition(format string, args ...any) reply {
	return refused(lro.CodeFailedPrecondition, format, args...)
}

// unready refuses a step on a resource that does not exist or is still CREATING;
// nil if it is ready.
func (s *Service) unready(k kind, name string) *reply {
	var refusal reply
	switch r := s.find(name); {
	case r == nil:
		refusal = notFound(k.singular, name)
	case r.state(s.clock.Now()) == stateCreating:
		refusal = failedPrecondition("%s is not ready: %s is CREATING", k.singular, name)
	default:
		return nil
	}
	return &refusal
}

// unusable refuses a step that makes something in an instance: one that is not
// ready, or that moves to another config.
func (s *Service) unusable(instance string) *reply {
	if refusal := s.unready(kindInstance, instance); refusal != nil {
		return refusal
	}
	if s.changing(instance, moveInstance) {
		refusal := failedPrecondition("instance %s is being moved", instance)
		return &refusal
	}
	return nil
}

// unchangeable refuses a change of a resource while another one is pending. Of
// a database the reference says so of UpdateDatabase alone.
func (s *Service) unchangeable(k kind, r request) *reply {
	if refusal := s.unready(k, r.name); refusal != nil {
		return refusal
	}
	others := []Method{r.method}
	if k.singular == kindInstance.singular {
		others = []Method{updateInstance, moveInstance}
	}
	for _, other := range others {
		if s.changing(r.name, other) {
			refusal := failedPrecondition("%s has a pending operation: %s of %s", k.singular, other, r.name)
			return &refusal
		}
	}
	return nil
}

// undroppable says why a resource cannot be deleted, "" if it can be. Databases
// go with their instance; backups, and databases under drop protection, do not.
func (s *Service) undroppable(k kind, name string) string {
	switch k.singular {
	case kindInstance.singular:
		if s.holds(name+"/backups/", nil) {
			return "it holds backups"
		}
		if s.holds(name+"/databases/", s.protected) {
			return "it holds a database under drop protection"
		}
	case kindDatabase.singular:
		if s.protected(s.find(name)) {
			return "enableDropProtection is set"
		}
	case kindConfig.singular:
		if s.holds("projects/", func(r *resource) bool { return r.json(s.clock.Now())["config"] == name }) {
			return "an instance uses it"
		}
	}
	return ""
}

func (s *Service) protected(r *resource) bool {
	return r.json(s.clock.Now())["enableDropProtection"] == true
}

// changing reports whether an operation of the method is changing the resource.
func (s *Service) changing(name string, method Method) bool {
	now := s.clock.Now()
	for _, c := range s.resources[name].changes {
		if c.by.method == method && c.by.running(now) {
			return true
		}
	}
	return false
}

// making reports whether an operation of the method is making a resource under
// prefix that is as wanted.
func (s *Service) making(prefix string, method Method, wanted func(*resource) bool) bool {
	now := s.clock.Now()
	return s.holds(prefix, func(r *resource) bool {
		return r.created != nil && r.created.method == method && r.created.running(now) && (wanted == nil || wanted(r))
	})
}

// holds reports whether there is a resource under prefix that is as wanted; nil
// is any.
func (s *Service) holds(prefix string, wanted func(*resource) bool) bool {
	for name := range s.resources {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if r := s.find(name); r != nil && (wanted == nil || wanted(r)) {
			return true
		}
	}
	return false
}
