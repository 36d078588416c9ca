package google

import (
	"context"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// inTheWay finds the operation of an id that runs, or without an id one that runs on the target, on its
// parent or on something in it. Its metadata tells that.
func (a *Activities) inTheWay(ctx context.Context, in want, id string) (lro.Ref, error) {
	m, found := in.Request.method, lro.Ref{}
	err := a.visit(ctx, m, in.Target, func(op lro.Operation) {
		named := id != "" && lastOf(op.Name) == id
		if found.IsZero() && op.State() == lro.StateRunning && (named || id == "" && m.touches(op, in.Target)) {
			found = lro.Ref{Service: m.Service.Host, Name: op.Name}
		}
	})
	if !found.IsZero() {
		return found, nil
	}
	return lro.Ref{}, err
}

// touches reports whether an operation works on the target, on the resource that the target is in, or on
// something in the target.
func (m method) touches(op lro.Operation, target string) bool {
	if strings.HasPrefix(op.Name, target+"/") {
		return true
	}
	near := []string{target}
	if parent := cutLast(cutLast(target)); m.isMade(parent) {
		near = append(near, parent)
	}
	for _, named := range fieldsOf(op.Metadata).texts() {
		for _, one := range near {
			if sameResource(named, one) {
				return true
			}
		}
		if i := strings.Index(named, target+"/"); i >= 0 && (i == 0 || named[i-1] == '/') {
			return true
		}
	}
	return false
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
