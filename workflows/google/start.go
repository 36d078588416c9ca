package google

import (
	"encoding/json"
	"strings"

	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Start is the step of a method that starts an operation. method is its id, such as
// "alloydb.projects.locations.clusters.create"; with "notebooks/v2:" in front it is that of one version.
// target is the name of what the method makes or changes. body is the request's body: a value that
// encodes as the API's JSON, or a proto message; nil for none. Of a method that makes a resource it is
// that resource.
//
// The step's undo deletes the target. Whether the method can be started and undone is told when the step
// is run, as an lro.TypeInvalidInput failure before anything is sent.
func Start[T any](method, target string, body any) workflows.Step[T] {
	return StartRequest[T](method, target, Request{Body: body})
}

// StartRequest is [Start] with all parts of a request. The UpdateMask is part of the step's default name. Of one target a
// second change of the same fields needs a Name of its own, and so does a second start of a method without a mask.
func StartRequest[T any](method, target string, request Request) workflows.Step[T] {
	name := ""
	if len(request.UpdateMask) > 0 {
		name = method + " " + target + " " + strings.Join(request.UpdateMask, ",")
	}
	return workflows.Step[T]{
		Name: name, Activity: names.Start, Undo: names.Delete, Get: names.Get, Check: names.Check,
		Method: method, Target: target, Request: request,
	}
}

// Request is the request of a method.
type Request struct {
	// Body is the request's body: a value that encodes as the API's JSON, or a proto message. Of a method
	// that makes a resource it is that resource, even where the request wraps it. The starter sets the id, a
	// label awaitop_key and the requestId, and refuses a body that has others. Default: empty.
	Body any
	// UpdateMask names the fields that an update changes, such as "nodeCount". Default: none is sent.
	UpdateMask []string
	// Parameters are further parameters of the request's query, such as allowMissing, in the spelling of the
	// API's documents. The starter refuses those that it sets itself. Default: none.
	Parameters map[string]string
	// MayStartTwice allows a method of which nothing tells its operation from another's: after a lost
	// reply the call is made again. Default: such a method is refused.
	MayStartTwice bool
}

// MarshalJSON writes the request as the starter reads it.
func (r Request) MarshalJSON() ([]byte, error) {
	out := struct {
		Body          json.RawMessage   `json:"body,omitempty"`
		UpdateMask    []string          `json:"updateMask,omitempty"`
		Parameters    map[string]string `json:"parameters,omitempty"`
		MayStartTwice bool              `json:"mayStartTwice,omitempty"`
	}{UpdateMask: r.UpdateMask, Parameters: r.Parameters, MayStartTwice: r.MayStartTwice}
	if r.Body != nil {
		body, err := lro.Encode(r.Body)
		if err != nil {
			return nil, err
		}
		out.Body = body
	}
	return json.Marshal(out)
}
