package services

import (
	"context"
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

var _ lro.ResourceClient = (*Router)(nil)

// Allow reports whether a request about a resource may be sent, by the client that would make it. If that
// client makes no requests about resources, the error is an [*lro.InvalidError].
func (r *Router) Allow(field, service, name string) error {
	c, err := asked[lro.ResourceClient](r, service)
	if err != nil {
		return err
	}
	return c.Allow(field, service, name)
}

// RequestResource implements [lro.ResourceClient], for the starters of any service.
func (r *Router) RequestResource(ctx context.Context, request lro.ResourceRequest) (json.RawMessage, error) {
	c, err := asked[lro.ResourceClient](r, request.Service)
	if err != nil {
		return nil, err
	}
	return c.RequestResource(ctx, request)
}
