package grpc

import (
	"context"
	"math"
	"strconv"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// Client is an [lro.Client] of one service over gRPC. It is safe for concurrent use.
//
// Its errors are an [*lro.InvalidError] for an input that it refuses to send, an [*lro.Error] for a
// request that failed, and the context's own error once the context has ended.
type Client struct {
	options    Options
	prefixes   []string
	types      []lro.Types
	connection func() grpc.ClientConnInterface
	close      func() error
	measures   requests.Instruments
}

var (
	_ lro.Client          = (*Client)(nil)
	_ lro.ClientConfig    = (*Client)(nil)
	_ lro.OperationWaiter = (*Client)(nil)
)

// GetOperation reads one operation. A message that is not an operation wraps [lro.ErrNotOperation].
func (c *Client) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if err := c.operation(ref, getOperation); err != nil {
		return lro.Operation{}, err
	}
	return send(ctx, c, getOperation.name, ref.Name, c.read, func(ctx context.Context, api longrunningpb.OperationsClient, options ...grpc.CallOption) (*longrunningpb.Operation, error) {
		return api.GetOperation(ctx, &longrunningpb.GetOperationRequest{Name: ref.Name}, options...)
	})
}

// CancelOperation asks the service to cancel. Success says that the request was accepted. After a lost
// reply it is sent again, because a second cancel changes nothing. If the catalog knows that the service
// cannot cancel, the error is UNIMPLEMENTED and nothing is sent.
func (c *Client) CancelOperation(ctx context.Context, ref lro.Ref) error {
	if err := c.operation(ref, cancelOperation); err != nil {
		return err
	}
	_, err := send(ctx, c, cancelOperation.name, ref.Name, accepted, func(ctx context.Context, api longrunningpb.OperationsClient, options ...grpc.CallOption) (*emptypb.Empty, error) {
		return api.CancelOperation(ctx, &longrunningpb.CancelOperationRequest{Name: ref.Name}, options...)
	})
	return err
}

// DeleteOperation deletes the operation's record. If a reply was lost, the next try's NOT_FOUND may mean
// that the try before had deleted it. If the catalog knows that the service cannot delete, the error is
// UNIMPLEMENTED and nothing is sent.
func (c *Client) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	if err := c.operation(ref, deleteOperation); err != nil {
		return err
	}
	_, err := send(ctx, c, deleteOperation.name, ref.Name, accepted, func(ctx context.Context, api longrunningpb.OperationsClient, options ...grpc.CallOption) (*emptypb.Empty, error) {
		return api.DeleteOperation(ctx, &longrunningpb.DeleteOperationRequest{Name: ref.Name}, options...)
	})
	return err
}

// ListOperations reads one page. Spanner's aggregates have methods of their own over gRPC, so they are
// UNIMPLEMENTED here and nothing is sent. An entry that is not an operation is left out of the page.
func (c *Client) ListOperations(ctx context.Context, input lro.ListRequest) (lro.Page, error) {
	name, err := c.listName(input.Collection)
	if err != nil {
		return lro.Page{}, err
	}
	if input.PageSize < 0 || input.PageSize > math.MaxInt32 {
		return lro.Page{}, &lro.InvalidError{Field: "pageSize", Value: strconv.Itoa(input.PageSize), Want: "a positive number of 32 bits, or 0 for the service's default"}
	}
	request := &longrunningpb.ListOperationsRequest{
		Name: name, Filter: input.Filter, PageSize: int32(input.PageSize), PageToken: input.PageToken, ReturnPartialSuccess: input.ReturnPartialSuccess,
	}
	return send(ctx, c, listOperations, name, c.readPage, func(ctx context.Context, api longrunningpb.OperationsClient, options ...grpc.CallOption) (*longrunningpb.ListOperationsResponse, error) {
		return api.ListOperations(ctx, request, options...)
	})
}

func (c *Client) read(op *longrunningpb.Operation) (lro.Operation, error) {
	return lro.FromProto(op, c.types...)
}

func accepted(*emptypb.Empty) (struct{}, error) { return struct{}{}, nil }

func (c *Client) readPage(from *longrunningpb.ListOperationsResponse) (lro.Page, error) {
	page := lro.Page{NextPageToken: from.GetNextPageToken(), Unreachable: from.GetUnreachable()}
	for _, entry := range from.GetOperations() {
		if op, err := c.read(entry); err == nil {
			page.Operations = append(page.Operations, op)
		}
	}
	return page, nil
}

// Serves reports whether it is the Client's service.
func (c *Client) Serves(service string) bool { return service == c.options.Service }

// QuotaProject is that of the Options.
func (c *Client) QuotaProject(string) string { return c.options.QuotaProject }

// Authenticates reports whether requests to the service carry credentials, as far as is known. Those over
// a connection of Options.Operations are taken to.
func (c *Client) Authenticates(service string) bool {
	return c.Serves(service) && !c.options.WithoutAuthentication
}

// Close closes the Client's own connection, and breaks off requests under way. A connection of
// Options.Operations stays open.
func (c *Client) Close() error { return c.close() }
