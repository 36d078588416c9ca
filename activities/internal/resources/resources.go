// Package resources makes the requests about resources that starters have in common, within the Poller's
// budget, and says what their replies mean.
package resources

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Client makes the requests. It is safe for concurrent use.
type Client struct {
	lro.ResourceClient
	Poller *poller.Poller
}

// New returns the Client of a Poller, whose client, or one that it wraps, has to be an
// [lro.ResourceClient]. Otherwise the error is an [*lro.InvalidError].
func New(p *poller.Poller) (Client, error) {
	requests, ok := lro.ClientAs[lro.ResourceClient](p)
	if !ok {
		return Client{}, &lro.InvalidError{Field: "client", Value: fmt.Sprintf("%T", p.Unwrap()), Want: "a Poller over a *rest.Client, or over a client that wraps one, see lro.ClientWrapper, or testsuite.NewEnv in a test"}
	}
	return Client{ResourceClient: requests, Poller: p}, nil
}

// Request makes a request within the budget.
func (c Client) Request(ctx context.Context, priority poller.Priority, r lro.ResourceRequest) (raw json.RawMessage, err error) {
	err = c.Poller.Do(ctx, r.Service, r.Resource, priority, func(ctx context.Context) error {
		raw, err = c.RequestResource(ctx, r)
		return err
	})
	return raw, err
}

// Get reads a resource's JSON; nil if there is none. method names the request in errors.
func (c Client) Get(ctx context.Context, service, method, name string, line catalog.RequestLine) (json.RawMessage, error) {
	raw, err := c.Request(ctx, poller.PriorityStart, lro.ResourceRequest{Service: service, Method: method, Resource: name, Line: line})
	switch {
	case lro.Classify(err) == lro.ClassNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case !isResource(raw, name):
		return nil, &lro.Error{Method: method, NoStatus: true, HTTP: http.StatusOK, Status: lro.Status{Code: lro.CodeUnknown, Message: "the reply is no resource: it has neither name, id nor selfLink, nor the id in a field of its own"}}
	default:
		return raw, nil
	}
}

// isResource reports whether a reply to a Get of a name names something. Another one may be a proxy's, or an
// error with a status of success. It does not say whether the resource is there. Some services have the id in a
// field of their own alone, such as Dataproc's clusterName.
func isResource(reply json.RawMessage, name string) bool {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(reply, &fields) // another reply names nothing
	if id := string(fields["id"]); id != "" && id != "null" || textOf(fields["name"]) != "" || textOf(fields["selfLink"]) != "" {
		return true
	}
	for _, value := range fields {
		if textOf(value) == path.Base(name) {
			return true
		}
	}
	return false
}

// textOf reads a JSON text, "" for any other value.
func textOf(value json.RawMessage) string {
	var text string
	_ = json.Unmarshal(value, &text)
	return text
}
