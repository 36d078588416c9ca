package testsuite

import (
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// StartOn starts an operation of a method of the catalog on a target, as another program would: one that is in the way of
// the test's own steps. The target is the name of what the method makes or changes. The operation has the method's
// metadata, and refuses other starts as one that was asked for does. It makes and changes no resource, asks no precondition,
// and counts in [Service.Started], not in [Service.Calls]. A method that starts no operation on such a target fails the
// test, and so does each of Spanner's: start those over HTTP.
func (s *Service) StartOn(method Method, target string, script Script) lro.Ref {
	ref, err := s.startOn(method, target, script)
	s.must(err)
	return ref
}

func (s *Service) startOn(method Method, target string, script Script) (lro.Ref, error) {
	route := s.table().byID[method]
	if route == nil || !route.starts() {
		return lro.Ref{}, &lro.InvalidError{Field: "method", Value: string(method), Want: s.table().wantStart(method)}
	}
	if !s.table().isTarget(method, target) {
		return lro.Ref{}, &lro.InvalidError{Field: "target", Value: target, Want: "a name of the form " + route.method.Target() + ", for " + string(method)}
	}
	if err := script.validate("script", s.table()); err != nil {
		return lro.Ref{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := startCall{request: request{method: method, name: target, route: route}, m: route.method, target: target}
	c.operationID, c.targetID = s.nextID(), s.targetID(target)
	metadata := startMetadata(c)
	if script.Metadata != nil && route.method.Shape != catalog.Standard {
		script.Metadata = both(metadata, script.Metadata)
	}
	op := s.add(operationName(route.method, target, s.serial+1), script, metadata, nil)
	op.method, op.target = method, target
	return lro.Ref{Service: s.options.Service, Name: op.name}, nil
}
