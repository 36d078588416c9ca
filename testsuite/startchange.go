package testsuite

import (
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// prepareVerb changes nothing. A resource that the service would know must be there.
func (s *Service) prepareVerb(c startCall) (startEffect, *reply) {
	_, refusal := s.changeable(c)
	return startEffect{}, refusal
}

// prepareUpdate changes what the mask names, or without a mask what the body has, once its operation has
// succeeded.
func (s *Service) prepareUpdate(c startCall) (startEffect, *reply) {
	r, refusal := s.changeable(c)
	if refusal != nil || r == nil {
		return startEffect{}, refusal
	}
	fields := c.masked()
	for _, own := range []string{"name", r.by.CreateTime, r.by.State, r.by.ResourceETag} {
		delete(fields, own)
	}
	return startEffect{
		response: s.madeResponse(c.name),
		apply:    func(by *operation) { r.changes = append(r.changes, change{by: by, fields: fields}) },
	}, nil
}

// masked are the fields that the mask names, whole fields only, with nil for one that is cleared.
func (c startCall) masked() map[string]any {
	fields := c.resource()
	mask := c.text(c.m.UpdateMask)
	if mask == "" || mask == "*" {
		return fields
	}
	masked := map[string]any{}
	for path := range strings.SplitSeq(mask, ",") {
		top, _, _ := strings.Cut(strings.TrimSpace(path), ".")
		top = spannerjson.CamelCase(top)
		masked[top] = fields[top]
	}
	return masked
}

// changeable is the resource that a request is about, nil if the service cannot know: no method of the
// catalog makes one of such a name.
func (s *Service) changeable(c startCall) (*resource, *reply) {
	if s.table().makerOf(c.name) == nil {
		return nil, s.blocked(c, c.name)
	}
	r := s.find(c.name)
	switch {
	case r == nil:
		return nil, c.refuse(lro.CodeNotFound, "Resource not found: %s", c.name)
	case r.deleted:
		return nil, c.refuse(lro.CodeFailedPrecondition, "%s is deleted", c.name)
	case c.staleETag(r, s):
		return nil, c.refuse(lro.CodeAborted, "etag %s is not that of %s", c.text(c.m.ETag), c.name)
	default:
		return r, s.blocked(c, c.name)
	}
}

// staleETag reports whether the request names a state of the resource that is over.
func (c startCall) staleETag(r *resource, s *Service) bool {
	etag := c.text(c.m.ETag)
	return etag != "" && r.by.ResourceETag != "" && etag != r.etag(s.clock.Now())
}

// prepareDelete deletes a resource and all in it once its operation has succeeded. Where the method takes
// force, what stands in the resource refuses a delete without it.
func (s *Service) prepareDelete(c startCall) (startEffect, *reply) {
	if c.is(c.m.AllowMissing) && s.find(c.name) == nil {
		return startEffect{}, nil
	}
	r, refusal := s.changeable(c)
	if refusal != nil || r == nil {
		return startEffect{}, refusal
	}
	if c.m.Force.In != catalog.Nowhere && !c.is(c.m.Force) && s.holds(c.name+"/", (*resource).notDeleted) {
		return startEffect{}, c.refuse(lro.CodeFailedPrecondition, "%s is not empty: delete what it holds, or set force", c.name)
	}
	return startEffect{apply: func(by *operation) {
		r.deleting = by
		by.onSuccess = s.dropMade(c.name)
	}}, nil
}

// deleteMade is a delete that is no operation.
func (s *Service) deleteMade(r request) reply {
	c := startCall{request: r, m: r.route.method}
	found, refusal := s.changeable(c)
	if refusal != nil {
		return *refusal
	}
	if etag := r.args.Get("etag"); etag != "" && etag != found.etag(s.clock.Now()) {
		return *c.refuse(lro.CodeAborted, "etag %s is not that of %s", etag, c.name)
	}
	s.dropMade(c.name)(s.clock.Now())
	return empty
}
