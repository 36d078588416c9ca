package spanner

import (
	"context"
	"encoding/json"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// remover deletes resources of the kind.
func (a *Activities) remover(k *kind) starters.Remover {
	out := starters.Remover{
		Service:   lro.SpannerService,
		SelfPaced: true,
		Check:     func(field, target string) error { return a.allow(k, field, target) },
		Find: func(ctx context.Context, target, key string) (*starters.Resource, error) {
			found, err := a.find(ctx, k, target)
			return k.seen(found, key), err
		},
		Remove: func(ctx context.Context, target string) (lro.Operation, error) {
			_, err := a.client.RequestResource(ctx, lro.ResourceRequest{
				Service: lro.SpannerService, Method: "Delete" + k.name, Resource: target, Line: remove(target),
			})
			return lro.Operation{}, err
		},
	}
	if !k.labels {
		out.Makers = func(ctx context.Context, target string) ([]starters.Operation, error) {
			return a.makers(ctx, k, target)
		}
	}
	return out
}

// makers are the operations that may have made a resource of the kind, the newest first.
func (a *Activities) makers(ctx context.Context, k *kind, target string) ([]starters.Operation, error) {
	var all []starters.Operation
	for _, m := range methods {
		if m.target != k || !m.creates {
			continue
		}
		found, err := a.operations(ctx, m, target)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			all = append(all, c.seen(starters.Unmarked))
		}
	}
	starters.NewestFirst(all)
	return all, nil
}

// getter reads resources of the kind.
func (a *Activities) getter(k *kind) starters.Getter {
	return starters.Getter{
		Service:   lro.SpannerService,
		SelfPaced: true,
		Check:     func(field, name string) error { return a.allow(k, field, name) },
		Get: func(ctx context.Context, name string) (json.RawMessage, error) {
			found, err := a.find(ctx, k, name)
			if found == nil {
				return nil, err
			}
			return found.raw, err
		},
	}
}
