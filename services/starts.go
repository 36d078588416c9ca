package services

import (
	"context"
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

var (
	_ lro.ResourceClient  = (*Router)(nil)
	_ lro.ResourceLocator = (*Router)(nil)
)

// Allow reports whether a request about a resource may be sent, by the client that would make it. If that
// client makes no requests about resources, the error is an [*lro.InvalidError].
func (r *Router) Allow(field, service, name string) error {
	c, err := r.starter(field+".service", service)
	if err != nil {
		return err
	}
	return c.Allow(field, service, name)
}

// RequestResource implements [lro.ResourceClient], for the starters of any service.
func (r *Router) RequestResource(ctx context.Context, request lro.ResourceRequest) (json.RawMessage, error) {
	c, err := r.starter("request.service", request.Service)
	if err != nil {
		return nil, err
	}
	return c.RequestResource(ctx, request)
}

// ResourceURL implements [lro.ResourceLocator], by the client that would make the request. The URL is "" if that does not
// tell.
func (r *Router) ResourceURL(request lro.ResourceRequest) (url string, authenticates bool) {
	c, err := r.starter("request.service", request.Service)
	if err != nil {
		return "", false
	}
	locator, tells := c.(lro.ResourceLocator)
	if !tells {
		return "", false
	}
	return locator.ResourceURL(request)
}

// starter is the client that makes a service's requests about resources. The error is an [*lro.InvalidError] for a field. It
// says so if the service's own client awaits only, and the client of all others does not serve it.
func (r *Router) starter(field, service string) (lro.ResourceClient, error) {
	if own := r.clients[service]; own != nil && r.others != nil {
		_, starts := lro.ClientAs[lro.ResourceClient](own)
		config, tells := lro.ClientAs[lro.ClientConfig](r.others)
		if !starts && tells && !config.Serves(service) {
			return nil, &lro.InvalidError{
				Field: field, Value: service, Problem: "is awaited only, by a client that starts nothing",
				Want: "a service that is named over HTTP, too, where operations are started: in Rest, or in the worker's file in an entry without transport: grpc",
			}
		}
	}
	return asked[lro.ResourceClient](r, service)
}
