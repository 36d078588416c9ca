package services

import (
	"context"
	"encoding/json"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/awaitop/awaitop/lro"
)

var _ lro.ResourceClient = (*Router)(nil)

// What starters ask of a client. Package activities/spanner documents the methods: its Generator, Allower
// and Caller are these. A further one takes a method here.
type (
	generator interface {
		Generated(service string) ([]option.ClientOption, error)
	}
	allower interface {
		Allow(field, service, name string) error
	}
	caller interface {
		Call(ctx context.Context, service, method string, call func(ctx context.Context, options ...googleapi.CallOption) error) error
	}
)

// Generated is for the starters of Cloud Spanner, as are Allow and Call. If no client can start operations
// of the service, all of them return an [*lro.InvalidError].
func (r *Router) Generated(service string) ([]option.ClientOption, error) {
	c, err := asked[generator](r, service)
	if err != nil {
		return nil, err
	}
	return c.Generated(service)
}

// Allow reports whether a request about a resource may be sent, by the client that would make it.
func (r *Router) Allow(field, service, name string) error {
	c, err := asked[allower](r, service)
	if err != nil {
		return err
	}
	return c.Allow(field, service, name)
}

// Call makes one request of a generated client.
func (r *Router) Call(ctx context.Context, service, method string, call func(ctx context.Context, options ...googleapi.CallOption) error) error {
	c, err := asked[caller](r, service)
	if err != nil {
		return err
	}
	return c.Call(ctx, service, method, call)
}

// RequestResource implements [lro.ResourceClient], for the starters of any service.
func (r *Router) RequestResource(ctx context.Context, request lro.ResourceRequest) (json.RawMessage, error) {
	c, err := asked[lro.ResourceClient](r, request.Service)
	if err != nil {
		return nil, err
	}
	return c.RequestResource(ctx, request)
}
