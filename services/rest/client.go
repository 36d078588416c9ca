package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// Client is an [lro.Client] over HTTP. It is safe for concurrent use.
//
// Its errors are an [*lro.InvalidError] for an input that it refuses to send, an [*lro.Error] for a
// request that failed, and the context's own error once the context has ended.
type Client struct {
	options  Options
	registry *registry
	room     *room
	http     map[access]*http.Client
	owned    *http.Transport // what Close closes; nil if Options.Transport was given
	measures requests.Instruments
}

var (
	_ lro.Client          = (*Client)(nil)
	_ lro.ClientConfig    = (*Client)(nil)
	_ lro.OperationWaiter = (*Client)(nil)
)

// GetOperation reads one operation. A 200 whose JSON is not an operation wraps
// [lro.ErrNotOperation]. A 200 that is not JSON is a transient error. A form of a service's own is
// returned as google.longrunning's, see package services/shapes.
func (c *Client) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	to, err := c.registry.operation(ref, getOperation)
	if err != nil {
		return lro.Operation{}, err
	}
	return send(ctx, c, to.request(getOperation.name, resource(ref), nil), func(r reply) (lro.Operation, error) {
		return to.decode(ref, getOperation, r)
	})
}

// decode reads a reply that is one operation.
func (t target) decode(ref lro.Ref, method operationMethod, r reply) (lro.Operation, error) {
	op, err := t.shape.Operation(ref.Name, r.body)
	if err != nil {
		return lro.Operation{}, r.undecodable(method.name, err)
	}
	return op, nil
}

// CancelOperation asks the service to cancel. Success says that the request was accepted. After a
// lost reply it is sent again, because a second cancel changes nothing. If the catalog knows that the
// service cannot cancel, the error is UNIMPLEMENTED and nothing is sent.
func (c *Client) CancelOperation(ctx context.Context, ref lro.Ref) error {
	return c.control(ctx, cancelOperation, ref)
}

// DeleteOperation deletes the operation's record. If a reply was lost, the next try's NOT_FOUND may
// mean that the try before had deleted it. If the catalog knows that the service cannot delete, the
// error is UNIMPLEMENTED and nothing is sent.
func (c *Client) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	return c.control(ctx, deleteOperation, ref)
}

// control sends a request whose reply is google.protobuf.Empty.
func (c *Client) control(ctx context.Context, method operationMethod, ref lro.Ref) error {
	to, err := c.registry.operation(ref, method)
	if err != nil {
		return err
	}
	_, err = send(ctx, c, to.request(method.name, resource(ref), nil), func(r reply) (struct{}, error) {
		// A proxy's login page with status 200 accepts nothing.
		if len(r.body) > 0 && !json.Valid(r.body) {
			return struct{}{}, r.undecodable(method.name, errors.New("the body is not JSON"))
		}
		return struct{}{}, nil
	})
	return err
}

// ListOperations reads one page. It does not send fields of the input that are zero, or that the
// service does not have. If the service has no filter, a filter is UNIMPLEMENTED and nothing is sent. A 200 whose
// JSON is not a page wraps [lro.ErrNotOperation]. An entry that is not an operation is left out of
// the page. GetOperation reports what it is.
func (c *Client) ListOperations(ctx context.Context, input lro.ListRequest) (lro.Page, error) {
	const method = "ListOperations"
	to, err := c.registry.list(input.Collection)
	if err != nil {
		return lro.Page{}, err
	}
	if input.PageSize < 0 {
		return lro.Page{}, &lro.InvalidError{Field: "pageSize", Value: strconv.Itoa(input.PageSize), Want: "a positive number, or 0 for the service's default"}
	}
	query, ok := to.shape.Query(input.Query())
	if !ok {
		return lro.Page{}, requests.Unimplemented("filter of "+method, input.Collection.Service, input.Collection.Name)
	}
	return send(ctx, c, to.request(method, resource(input.Collection), query), func(r reply) (lro.Page, error) {
		page, err := to.shape.Page(input.Collection.Name, r.body)
		if err != nil {
			return lro.Page{}, r.undecodable(method, err)
		}
		return page, nil
	})
}

// Close closes the idle connections of the Client's own transport. Calls under way end normally. It
// may be called more than once and always returns nil.
func (c *Client) Close() error {
	if c.owned != nil {
		c.owned.CloseIdleConnections()
	}
	return nil
}
