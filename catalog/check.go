package catalog

import (
	"slices"
	"strings"
)

// CheckID reports an [*Error] if the method makes a resource and it is not known where the id of it
// stands, so that no starter can set or read it.
func (m *Method) CheckID() error {
	if m.IDPlace.In != Unknown {
		return nil
	}
	e := m.problem("not known where the id stands", "start it with a starter of your own")
	if other := m.Service.Method(strings.Replace(m.ID, ".zones.", ".locations.", 1)); other != nil && other.IDPlace.In != Unknown {
		e.Want = "use the locations form"
	}
	return e
}

// CheckTarget reports an [*Error] if the method's path names no resource, so that a step has no target.
func (m *Method) CheckTarget() error {
	if !strings.HasPrefix(m.Target(), "/") { // of the version alone, such as "/v1"
		return nil
	}
	return m.problem("its path names no resource, which a step has as its target", "start it with a starter of your own")
}

// CheckVerb reports an [*Error] if the method is a GET, which a proxy may repeat.
func (m *Method) CheckVerb() error {
	if m.Verb != "GET" {
		return nil
	}
	return m.problem("it is a GET, which a proxy may repeat", "start it with a starter of your own")
}

// CheckUndo reports an [*Error] if the documents do not tell how to undo what the method does: read
// what it has made and delete it. What the service names is not known before it is made.
func (m *Method) CheckUndo() error {
	lacks := "no get and no delete of what it makes is known"
	switch {
	case !m.Makes():
		lacks = "it makes no resource that could be deleted"
	case m.CanGet && m.Delete != NoDelete && m.IDPlace.In == ByServer:
		lacks = "the service chooses the id of what it makes"
	case m.CanGet && m.Delete != NoDelete:
		return nil
	case m.CanGet:
		lacks = "no delete of what it makes is known"
	case m.Delete != NoDelete:
		lacks = "no get of what it makes is known"
	}
	return m.problem(lacks, "give an undo, or say that there is none")
}

// CheckExactness reports an [*Error] if nothing tells the method's operation from another's: the documents
// name nothing, or an age alone of operations that do not say what they work on, or what only operations tell
// that the service does not list. It is [Method.CheckExactnessOn] for a target in the location "global", which
// is the only one with operations in some services.
func (m *Method) CheckExactness() error {
	return m.CheckExactnessOn(strings.ReplaceAll(m.Target(), "locations/*", "locations/global"))
}

// CheckExactnessOn is [Method.CheckExactness] for one target: a service may list some of its operations.
func (m *Method) CheckExactnessOn(target string) error {
	switch m.Exactness {
	case ByNothing:
	case ByAge:
		if m.tellsTarget() && m.ListsOperationsOn(target) {
			return nil
		}
	case ByMetadata:
		if m.ListsOperationsOn(target) {
			return nil
		}
	default:
		return nil
	}
	return m.problem("nothing tells its operation from another's, so a lost reply may start it twice", "allow that explicitly")
}

// tellsTarget reports whether an operation says what it works on: by its metadata, or by its name, which is
// below that of the target.
func (m *Method) tellsTarget() bool {
	return m.Metadata.Resource || m.namesResult() || slices.ContainsFunc(m.Service.Collections(), func(c *Collection) bool {
		return c.Shape == m.Shape && parentOf(parentOf(c.Pattern)) == m.Target()
	})
}

// CheckAwait reports an [*Error] if the service has no method that reads operations of the method's
// shape. In a form of the service's own it is the collection that names an operation, so that one has to be known
// for the method's targets.
func (m *Method) CheckAwait() error {
	for _, c := range m.Service.Collections() {
		if c.Shape != m.Shape {
			continue
		}
		if _, named := c.Parent(m.Target()); named || m.Shape == Standard {
			return nil
		}
	}
	return m.problem("the service has no method that reads its operations", "a reply that is not done cannot be awaited")
}

func (m *Method) problem(problem, want string) *Error {
	return &Error{Field: "method", Value: m.ID, Problem: problem, Want: want}
}
