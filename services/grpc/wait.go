package grpc

import (
	"context"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// waitMargin is how much longer than its timeout a wait may take: for the token, the way and the reply.
const waitMargin = 10 * time.Second

// Waits reports whether the catalog has a WaitOperation for the operation, and Options do not say
// WithoutWait.
func (c *Client) Waits(ref lro.Ref) bool {
	return !c.options.WithoutWait && c.operation(ref, waitOperation) == nil
}

// WaitOperation is a GetOperation that the service answers once the operation has ended or the timeout is
// over, or earlier. It is one try, bounded by the timeout and 10 s more, in place of RequestTimeout. The
// timeout is more than 0 and at most [lro.MaxWaitTimeout]. For an operation that [Client.Waits] refuses,
// the error is UNIMPLEMENTED and nothing is sent.
func (c *Client) WaitOperation(ctx context.Context, ref lro.Ref, timeout time.Duration) (lro.Operation, error) {
	if timeout <= 0 || timeout > lro.MaxWaitTimeout {
		return lro.Operation{}, &lro.InvalidError{Field: "timeout", Value: timeout.String(), Want: "more than 0 and at most " + lro.MaxWaitTimeout.String()}
	}
	if err := c.operation(ref, waitOperation); err != nil {
		return lro.Operation{}, err
	}
	if c.options.WithoutWait {
		return lro.Operation{}, requests.Unimplemented(waitOperation.name, ref.Service, ref.Name)
	}
	op, err := sendOnce(ctx, c, timeout+waitMargin, waitOperation.name, ref.Name, c.read, func(ctx context.Context, api longrunningpb.OperationsClient, options ...grpc.CallOption) (*longrunningpb.Operation, error) {
		return api.WaitOperation(ctx, &longrunningpb.WaitOperationRequest{Name: ref.Name, Timeout: durationpb.New(timeout)}, options...)
	})
	if err != nil && ctx.Err() != nil {
		return lro.Operation{}, ctx.Err()
	}
	return op, err
}
