package testsuite

import (
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// prepareCreate makes a resource, which exists while its operation runs. What it stands in must be
// there and ready.
func (s *Service) prepareCreate(c startCall) (startEffect, *reply) {
	name, refusal := s.madeName(&c)
	if refusal != nil {
		return startEffect{}, refusal
	}
	if refusal := s.unusableAbove(c, name); refusal != nil {
		return startEffect{}, refusal
	}
	if s.find(name) != nil {
		return startEffect{}, c.refuse(lro.CodeAlreadyExists, "%s already exists: %s", c.kind(), name)
	}
	if refusal := s.blocked(c, name); refusal != nil {
		return startEffect{}, refusal
	}
	return startEffect{
		target:   name,
		response: s.madeResponse(name),
		apply:    func(by *operation) { s.putMade(name, c.resource(), c.m, by) },
	}, nil
}

// madeName is the whole name of what the request makes. The server invents the id where the caller
// gives none, and refuses a request that lacks its id.
func (s *Service) madeName(c *startCall) (string, *reply) {
	place := c.m.IDPlace
	switch {
	case place.In == catalog.ByServer || place.In == catalog.Unknown:
		return c.name + "/" + serverID(s.serial+1), nil
	case !catalog.Match(c.m.Made(), c.name):
		return "", c.refuse(lro.CodeInvalidArgument, "%s is missing", place.Field)
	case place.In == catalog.InName && textIn(place, c.args, c.fields) != c.name:
		return "", c.refuse(lro.CodeInvalidArgument, "%s must be %s", place.Field, c.name)
	default:
		return c.name, nil
	}
}

// kind is the resource's type for a message.
func (c startCall) kind() string {
	if c.m.Type != "" {
		return c.m.Type
	}
	return "Resource"
}

// unusableAbove refuses to make something in a resource that is not there or not ready.
func (s *Service) unusableAbove(c startCall, name string) *reply {
	for above := parentOf(name); above != ""; above = parentOf(above) {
		if s.table().makerOf(above) == nil {
			continue
		}
		r := s.find(above)
		if r == nil {
			return c.refuse(lro.CodeNotFound, "Resource not found: %s", above)
		}
		if at := r.phase(s.clock.Now()); at == phaseFailed || at == phaseDeleted {
			return c.refuse(lro.CodeFailedPrecondition, "%s is %s", above, r.state(s.clock.Now()))
		}
	}
	return nil
}
