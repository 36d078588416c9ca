package lro

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/awaitop/awaitop/catalog"
)

// ResourceClient is what a [Client] may have beside its own methods, or a client that it wraps, see
// [ClientAs]: requests about resources. Starters of any service need it. A *rest.Client is one. The
// methods are safe for concurrent use.
type ResourceClient interface {
	// Allow reports, as an [*InvalidError] for a field below the given one, why no request about the
	// resource may be sent. It sends nothing.
	Allow(field, service, name string) error
	// RequestResource makes one try of a request and returns the JSON of the reply, "{}" for an empty
	// one. Its errors are those of a Client. A 200 that is no JSON object is an [*Error] with the code
	// UNKNOWN: the request may have acted.
	RequestResource(ctx context.Context, request ResourceRequest) (json.RawMessage, error)
}

// ResourceLocator is what a [ResourceClient] may be, too: it tells where a request goes, so that a person can send it. A
// *rest.Client is one. The method is safe for concurrent use.
type ResourceLocator interface {
	// ResourceURL returns the URL that RequestResource sends a request to, and whether the client sends credentials
	// with it. It sends nothing. The URL is "" if the client does not serve the service.
	ResourceURL(request ResourceRequest) (url string, authenticates bool)
}

// ResourceRequest is a request about a resource: it reads, lists, makes, changes or deletes one.
type ResourceRequest struct {
	// Service is the service's DNS name, such as "alloydb.googleapis.com". Required.
	Service string
	// Method names the request in errors and telemetry, such as "projects.locations.clusters.get".
	Method string
	// Resource is the name that the request is about. It decides whether the request is allowed and
	// which host it goes to. Required.
	Resource string
	// Line is the request's line, of package catalog. Required.
	Line catalog.RequestLine
	// Query has parameters beside those of Line.
	Query url.Values
	// Body is the request's JSON, nil for none.
	Body json.RawMessage
}
