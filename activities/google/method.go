package google

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/shapes"
)

// method is a method of the catalog that starts operations.
type method struct {
	*catalog.Method
	shape shapes.Shape
	kind  *kind // of the target; nil if no request is known that reads one
}

// find returns the method of an id. Its error is an [*lro.InvalidError] for "method".
func find(id string) (method, error) {
	found, err := catalog.Find(id)
	if err != nil {
		return method{}, invalid(err)
	}
	if err := checkOwnStep(found); err != nil {
		return method{}, err
	}
	if err := found.CheckTarget(); err != nil {
		return method{}, invalid(err)
	}
	shape, err := shapes.Named(string(found.Shape))
	return method{Method: found, shape: shape, kind: kindOf(found)}, err
}

// makes reports whether the method makes its target. One whose id the service chooses makes something of
// a name that nobody knows before.
func (m method) makes() bool { return m.Makes() && m.Target() == m.Made() }

// checkGet refuses a method whose target cannot be read, or is not of a type, "" for any. The names of the documents'
// types are those of the API's messages, some with the package in front: GoogleCloudAiplatformV1Endpoint.
func (m method) checkGet(messageType string) error {
	if m.kind == nil {
		return &lro.InvalidError{Field: "method", Value: m.ID, Want: "a method of whose target the documents tell a get"}
	}
	name := messageType[strings.LastIndexByte(messageType, '.')+1:]
	if !strings.HasSuffix(m.kind.Type, name) {
		return &lro.InvalidError{Field: "type", Value: messageType, Want: "the type of the method's target, " + m.kind.Type}
	}
	return nil
}

func (m method) takesRequestID() bool { return m.RequestID.In != catalog.Nowhere }

// deletesByForce reports whether a delete of what the method makes can delete what that holds.
func (m method) deletesByForce() bool { return slices.Contains(m.DeleteParameters, "force") }

// collection is the collection of the operations on a target. It is zero if there is none.
func (m method) collection(target string) (found lro.Collection, in *catalog.Collection) {
	in, name := m.OperationsOn(target)
	if in == nil {
		return lro.Collection{}, nil
	}
	return lro.Collection{Service: m.Service.Host, Name: name}, in
}

// cutLast is a name without its last segment.
func cutLast(name string) string { return name[:max(strings.LastIndexByte(name, '/'), 0)] }

// lastOf is the last segment of a name.
func lastOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
