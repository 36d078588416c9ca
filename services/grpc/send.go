package grpc

import (
	"context"
	"net/url"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/awaitop/awaitop/services/internal/requests"
)

const (
	// routingHeader tells a service's front end where the resource is (AIP-4222).
	routingHeader      = "x-goog-request-params"
	quotaProjectHeader = "x-goog-user-project"
)

// try makes one request.
type try[R any] func(ctx context.Context, api longrunningpb.OperationsClient, options ...grpc.CallOption) (R, error)

// send makes the tries of a request about a name, see [requests.Send], and reads the reply.
func send[R, T any](ctx context.Context, c *Client, method, name string, read func(R) (T, error), once try[R]) (T, error) {
	tries := requests.Tries{Clock: c.options.Clock, Within: c.options.RequestTimeout}
	return requests.Send(ctx, tries, func(ctx context.Context) (T, error) {
		return sendOnce(ctx, c, c.options.RequestTimeout, method, name, read, once)
	})
}

// sendOnce makes one try within the given time.
func sendOnce[R, T any](ctx context.Context, c *Client, within time.Duration, method, name string, read func(R) (T, error), once try[R]) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return requests.Observe(limited, c.measures, method, c.options.Service, name, func(ctx context.Context) (T, error) {
		var a answer
		reply, err := once(c.withHeaders(ctx, name), longrunningpb.NewOperationsClient(c.connection()), a.options(c.options.MaxReplySize)...)
		if err != nil {
			return none, a.failure(method, err, c.types)
		}
		return read(reply)
	})
}

func (c *Client) withHeaders(ctx context.Context, name string) context.Context {
	ctx = metadata.AppendToOutgoingContext(ctx, routingHeader, "name="+url.QueryEscape(name))
	if project := c.options.QuotaProject; project != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, quotaProjectHeader, project)
	}
	return ctx
}
