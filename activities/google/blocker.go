package google

import (
	"context"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// nearness is how near to a start's target an operation works. Of several that run, the nearest is in the way.
type nearness int

const (
	elsewhere nearness = iota
	// beside is in the outermost resource around the target. Some services run one operation in all of it,
	// such as Cloud SQL in an instance.
	beside
	around // on a resource that the target is in
	within // on something in the target
	onIt
	named // by the refusal
)

// inTheWay finds the operation of an id that runs, or without an id the nearest one that runs on the target,
// in it, on what it is in, or beside it. Its metadata tells that. Whatever it finds is awaited and never canceled.
func (a *Activities) inTheWay(ctx context.Context, in want, id string) (lro.Ref, error) {
	m, found, best := in.Request.method, lro.Ref{}, elsewhere
	above := m.around(in.Target)
	err := a.visit(ctx, m, in.Target, func(op lro.Operation) {
		near := named
		if id == "" {
			near = nearnessOf(op, in.Target, above)
		} else if lastOf(op.Name) != id {
			return
		}
		if near > best && op.State() == lro.StateRunning {
			found, best = lro.Ref{Service: m.Service.Host, Name: op.Name}, near
		}
	})
	if !found.IsZero() {
		return found, nil
	}
	return lro.Ref{}, err
}

// nearnessOf is the nearest to the target of all that an operation names. above are the resources around the
// target, the outermost last.
func nearnessOf(op lro.Operation, target string, above []string) nearness {
	near := elsewhere
	for _, named := range append(fieldsOf(op.Metadata).texts(), cutLast(cutLast(op.Name))) {
		near = max(near, nearnessOfName(named, target, above))
	}
	return near
}

func nearnessOfName(named, target string, above []string) nearness {
	switch {
	case sameResource(named, target):
		return onIt
	case isIn(named, target):
		return within
	}
	for _, one := range above {
		if sameResource(named, one) {
			return around
		}
	}
	if len(above) > 0 && isIn(named, above[len(above)-1]) {
		return beside
	}
	return elsewhere
}

// isIn reports whether a name in an operation is that of something in a resource.
func isIn(named, resource string) bool {
	for outer := cutLast(named); outer != ""; outer = cutLast(outer) {
		if sameResource(outer, resource) {
			return true
		}
	}
	return false
}

// around are the resources that a target is in, the outermost last.
func (m method) around(target string) (above []string) {
	for outer := cutLast(cutLast(target)); outer != ""; outer = cutLast(cutLast(outer)) {
		if m.isMade(outer) {
			above = append(above, outer)
		}
	}
	return above
}

// isMade reports whether a method of the service makes such a resource. A location is none.
func (m method) isMade(name string) bool {
	for _, other := range m.Service.Methods() {
		if other.Makes() && catalog.Match(other.Made(), name) {
			return true
		}
	}
	return false
}
