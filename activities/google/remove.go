package google

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// remover deletes what the method makes; with force, with all that it holds. The method has a get and a
// delete. It is for one attempt: the delete sends the etag that the look has read.
func (a *Activities) remover(m method, force bool) starters.Remover {
	etag := ""
	out := starters.Remover{
		Service:   m.Service.Host,
		SelfPaced: true,
		Check:     func(field, target string) error { return a.check(m, m.Made(), field, target) },
		Find: func(ctx context.Context, target, key string) (*starters.Resource, error) {
			found, err := a.find(ctx, m.kind, target, key)
			etag = m.kind.etag(found)
			return found, err
		},
		Remove: func(ctx context.Context, target string) (lro.Operation, error) {
			return a.remove(ctx, m, target, m.deleteQuery(etag, force))
		},
	}
	if m.Labels == "" {
		out.Makers = func(ctx context.Context, target string) ([]starters.Operation, error) {
			return a.makers(ctx, m, target)
		}
	}
	return out
}

// deleteQuery are the parameters of a delete: the etag that was read, so that a resource that took the
// place since is not deleted, and force.
func (m method) deleteQuery(etag string, force bool) url.Values {
	query := url.Values{}
	if etag != "" && slices.Contains(m.DeleteParameters, "etag") {
		query.Set("etag", etag)
	}
	if force {
		query.Set("force", "true")
	}
	return query
}

// remove makes the call, which is within the budget. It returns the operation of a delete that is one.
func (a *Activities) remove(ctx context.Context, m method, target string, query url.Values) (lro.Operation, error) {
	line, ok := m.DeleteMade(target)
	if !ok {
		return lro.Operation{}, &lro.InvalidError{Field: "target", Value: target, Want: "a name of the form " + m.Made()}
	}
	raw, err := a.client.RequestResource(ctx, lro.ResourceRequest{Service: m.Service.Host, Method: "Delete", Resource: target, Line: line, Query: query})
	if err != nil || m.Delete != catalog.DeleteByOperation {
		return lro.Operation{}, err
	}
	return m.started(target, raw)
}

// makers are the operations that may have made the target, the newest first.
func (a *Activities) makers(ctx context.Context, m method, target string) ([]starters.Operation, error) {
	var found []starters.Operation
	err := a.visit(ctx, m, target, func(op lro.Operation) {
		if one, ok := m.makerOf(op, target); ok {
			found = append(found, one)
		}
	})
	starters.NewestFirst(found)
	return found, err
}

// makerOf returns an operation if any method that makes such a target may have started it. One that may as well
// have made a sibling is none: it says nothing against the operation of the step.
func (m method) makerOf(op lro.Operation, target string) (starters.Operation, bool) {
	for _, other := range m.Service.Methods() {
		if other.Made() != m.Made() || other.Shape != m.Shape {
			continue
		}
		if one, ok := (method{Method: other, shape: m.shape}).seen(op, target, "", ""); ok && !m.isVague(one, target) {
			return one, true
		}
	}
	return starters.Operation{}, false
}

// getter reads what the method makes or changes.
func (a *Activities) getter(m method) starters.Getter {
	return starters.Getter{
		Service:   m.Service.Host,
		SelfPaced: true,
		Check:     func(field, name string) error { return a.check(m, m.kind.Made(), field, name) },
		Get: func(ctx context.Context, name string) (json.RawMessage, error) {
			return a.get(ctx, m.kind, name)
		},
	}
}
