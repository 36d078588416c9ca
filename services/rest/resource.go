package rest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"

	"github.com/awaitop/awaitop/lro"
)

var (
	_ lro.ResourceClient  = (*Client)(nil)
	_ lro.ResourceLocator = (*Client)(nil)
)

// RequestResource makes one try of a request about a resource, within RequestTimeout. The resource has
// to be allowed, see [Client.Allow]. See [lro.ResourceClient].
func (c *Client) RequestResource(ctx context.Context, r lro.ResourceRequest) (json.RawMessage, error) {
	if err := c.Allow("resource", r.Service, r.Resource); err != nil {
		return nil, err
	}
	about := resource{Service: r.Service, Name: r.Resource}
	service := c.registry.services[r.Service]
	one := request{
		method: r.Method, about: about, service: service,
		verb: r.Line.Verb, url: service.url(r.Resource, r.Line.Path), query: parameters(r), body: r.Body,
	}
	return sendOnce(ctx, c, one, func(answer reply) (json.RawMessage, error) { return object(r.Method, answer) })
}

// ResourceURL implements [lro.ResourceLocator]: an Endpoint of the configuration, the host of a location, or the
// service's own.
func (c *Client) ResourceURL(r lro.ResourceRequest) (at string, authenticates bool) {
	service, served := c.registry.services[r.Service]
	if !served {
		return "", false
	}
	at = service.url(r.Resource, r.Line.Path)
	if query := parameters(r); len(query) > 0 {
		at += "?" + query.Encode()
	}
	return at, !service.access.plain
}

// parameters are those of a request about a resource.
func parameters(r lro.ResourceRequest) url.Values {
	query := url.Values{}
	maps.Copy(query, r.Query)
	if r.Line.Parameter != "" {
		query.Set(r.Line.Parameter, r.Line.Value)
	}
	return query
}

// object is the body of a reply that is a JSON object.
func object(method string, r reply) (json.RawMessage, error) {
	if len(r.body) == 0 {
		return json.RawMessage("{}"), nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(r.body, &fields); err != nil {
		return nil, r.undecodable(method, errors.New("the body is no JSON object"))
	}
	return r.body, nil
}
