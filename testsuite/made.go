package testsuite

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// What a start method of the catalog makes is a resource whose field by is the method. Which fields it
// has follows from the catalog: the time of its making, its state, its labels and its etag.

// putMade stores a resource that a method makes, or would make if by is nil.
func (s *Service) putMade(name string, fields map[string]any, m *catalog.Method, by *operation) *resource {
	fields = maps.Clone(fields)
	if fields == nil {
		fields = map[string]any{}
	}
	for _, own := range []string{m.CreateTime, m.State, m.ResourceETag} {
		delete(fields, own)
	}
	if m.Labels == "" { // as by an API whose request cannot set them
		delete(fields, "labels")
	}
	r := &resource{name: name, fields: fields, created: by, by: m, madeAt: s.madeAt(name)}
	if m.Shape == catalog.Compute {
		r.id = s.nextID()
	}
	s.resources[name] = r
	return r
}

// getMade reads a resource.
func (s *Service) getMade(r request) reply {
	found := s.find(r.name)
	if found == nil {
		c := startCall{request: r, m: r.route.method}
		return *c.refuse(lro.CodeNotFound, "%s not found: %s", c.kind(), r.name)
	}
	return ok(object(found.madeJSON(s.clock.Now())))
}

// madeJSON is the resource as a read at the given time finds it.
func (r *resource) madeJSON(now time.Time) map[string]any {
	out := r.current(now)
	r.setNames(out)
	if r.by.CreateTime != "" {
		out[r.by.CreateTime] = timestamp(r.madeAt)
	}
	if r.by.ResourceETag != "" {
		out[r.by.ResourceETag] = r.etag(now)
	}
	if r.by.State == "reconciling" {
		if phase := r.phase(now); phase == phaseCreating || phase == phaseDeleting {
			out["reconciling"] = true
		}
	} else if r.by.State != "" {
		out[r.by.State] = r.state(now)
	}
	return out
}

// current are the fields, with those of each change that holds.
func (r *resource) current(now time.Time) map[string]any {
	out := maps.Clone(r.fields)
	for _, c := range r.changes {
		if c.by.succeeded(now) {
			maps.Copy(out, c.fields)
		}
	}
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out
}

// setNames sets the fields that tell which resource it is. One whose id stands in a field such as
// clusterName has no name. Outside of the standard shape a name is the last segment, and a link has all
// of it.
func (r *resource) setNames(out map[string]any) {
	_, id := splitLast(r.name)
	_, field := splitLast(strings.ReplaceAll(r.by.IDPlace.Field, ".", "/"))
	if r.id != "" {
		out["id"] = r.id
	}
	switch {
	case r.by.Shape != catalog.Standard:
		out["name"], out["selfLink"] = id, linkOf(r.by.Service, r.name)
	case r.by.IDPlace.In == catalog.InBody && r.by.Body == "" && field != "name":
		out[field] = id
	default:
		out["name"] = r.name
	}
}

// etag changes with every change of the resource. It is base64, as a fingerprint must be.
func (r *resource) etag(now time.Time) string {
	held := 0
	for _, c := range r.changes {
		if c.by.succeeded(now) {
			held++
		}
	}
	return base64.StdEncoding.EncodeToString([]byte(strconv.FormatInt(r.madeAt.UnixMicro(), 36) + "." + strconv.Itoa(held)))
}

// madeResponse returns a function that returns the resource as an operation's response. The documents do
// not tell its type, which is one of the service's package.
func (s *Service) madeResponse(name string) func() json.RawMessage {
	return func() json.RawMessage {
		r := s.resources[name]
		if r == nil {
			return emptyResponse
		}
		return object(typed(typeIn(r.by, r.by.Type), r.madeJSON(s.clock.Now())))
	}
}

// typeIn is the full name of a type of a method's service, as most of Google Cloud's are named.
func typeIn(m *catalog.Method, name string) string {
	return "google.cloud." + m.Service.Name + "." + m.Service.Version + "." + name
}

// linkOf is a resource's link.
func linkOf(service *catalog.Service, name string) string {
	host := service.Host
	if service.Name == "compute" {
		host = "www.googleapis.com"
	}
	return "https://" + host + "/" + service.Prefix + "/" + name
}

// dropMade deletes a resource and all in it, or leaves them in the state DELETED.
func (s *Service) dropMade(name string) func(time.Time) {
	return func(time.Time) {
		r := s.resources[name]
		if r == nil || !s.options.KeepsDeleted || r.by.State == "" {
			s.drop(name)
			return
		}
		for other, r := range s.resources {
			if under([]string{name}, other) {
				r.deleted = true
			}
		}
	}
}

// settleDeletes ends the deletes of a resource and of what it stands in whose time has come.
func (s *Service) settleDeletes(name string, now time.Time) {
	for r := s.resources[name]; name != "" && (r == nil || r.by != nil); r = s.resources[name] {
		if r != nil && r.deleting != nil {
			_ = r.deleting.running(now) // its end may drop the resource
		}
		name = parentOf(name)
	}
}

func (r *resource) notDeleted() bool { return !r.deleted }

// serverID is an id that the service invents.
func serverID(serial int) string { return strconv.Itoa(1000 + serial) }
