package testsuite

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// startCall is a request of a start method of the catalog whose body has been read.
type startCall struct {
	request
	m      *catalog.Method
	fields map[string]any // of the body
	target string         // what the operation is about

	operationID string        // of Compute Engine's
	targetID    func() string // of the resource that the operation is about
}

// startEffect is what an operation does to resources, from its start on. The zero startEffect is nothing.
type startEffect struct {
	target   string // "" is the name in the request
	response func() json.RawMessage
	apply    func(by *operation)
}

// prepare checks a request, and returns what its operation will do.
type prepare func(*Service, startCall) (startEffect, *reply)

// prepareOf is how a method starts. It follows from its verb and path: the catalog has no kinds.
func prepareOf(m *catalog.Method) prepare {
	_, word := splitLast(strings.ReplaceAll(m.ID, ".", "/"))
	own := ownPrepare(m)
	switch {
	case own != nil:
		return own
	case m.Makes():
		return (*Service).prepareCreate
	case m.Verb == "DELETE" || word == "delete":
		return (*Service).prepareDelete
	case (m.Verb == "PATCH" || m.Verb == "PUT") && m.Path == m.Target():
		return (*Service).prepareUpdate
	default:
		return (*Service).prepareVerb
	}
}

// actOnStart answers a request of a start method. A requestId is looked up before anything is checked:
// its answer is the old one, whatever has become of the resource.
func (s *Service) actOnStart(r request) reply {
	c, refusal := readStart(r)
	if refusal != nil {
		return *refusal
	}
	if op := s.remembered(c); op != nil {
		return s.started(op)
	}
	effect, refusal := r.route.prepare(s, c)
	if refusal != nil {
		return *refusal
	}
	if c.is(c.m.ValidateOnly) {
		return ok(object(map[string]any{"done": true, "response": emptyResponse}))
	}
	c.target = cmp.Or(effect.target, c.name)
	c.operationID, c.targetID = s.nextID(), s.targetID(c.target)
	op, taken := s.launch(launch{
		method: r.method, target: c.target, name: operationName(c.m, c.target, s.serial+1),
		metadata: startMetadata(c), response: effect.response, keepsMetadata: c.m.Shape != catalog.Standard,
	})
	if op == nil {
		return taken
	}
	s.remember(c, op)
	if effect.apply != nil {
		effect.apply(op)
	}
	return s.started(op)
}

// readStart reads the body. A field that the catalog knows and that the method does not take there is
// refused, as by an API.
func readStart(r request) (startCall, *reply) {
	c := startCall{request: r, m: r.route.method}
	fields, err := readObject(r.body)
	if err != nil {
		return c, c.refuse(lro.CodeInvalidArgument, "%v", err)
	}
	c.fields = fields
	for _, name := range []string{"requestId", "validateOnly"} {
		if _, has := fields[name]; has && optionPlaces(c.m)[name].In != catalog.InBody {
			return c, c.refuse(lro.CodeInvalidArgument, "invalid JSON payload: unknown name %q", name)
		}
	}
	if !c.validRequestID() {
		return c, c.refuse(lro.CodeInvalidArgument, "requestId %q is no UUID, or the zero one", c.text(c.m.RequestID))
	}
	return c, nil
}

// text is the text at a place of the request. A field of the resource stands in it.
func (c startCall) text(p catalog.Place) string {
	if text := textIn(p, c.args, c.fields); text != "" || p.In != catalog.InBody {
		return text
	}
	return textAt(c.resource(), p.Field)
}

func (c startCall) is(p catalog.Place) bool { return c.text(p) == "true" }

// resource is the resource in the body: the body itself, or the field that wraps it. Places of the
// request's own fields are no fields of it.
func (c startCall) resource() map[string]any {
	switch c.m.Body {
	case "-":
		return map[string]any{}
	case "":
		resource := maps.Clone(c.fields)
		for _, name := range []string{"requestId", "validateOnly"} {
			delete(resource, name)
		}
		return resource
	default:
		wrapped, _ := c.fields[c.m.Body].(map[string]any)
		return maps.Clone(wrapped)
	}
}

// refuse is an error in the form of the service.
func (c startCall) refuse(code lro.Code, format string, args ...any) *reply {
	answer := refused(code, format, args...)
	answer.reason, answer.http = legacyError(c.m.Shape, code)
	return &answer
}
