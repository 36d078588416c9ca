package rest

import (
	"cmp"
	"context"

	"github.com/awaitop/awaitop/services/internal/requests"
)

// send makes the tries of r, see [requests.Send], and decodes the reply.
func send[T any](ctx context.Context, c *Client, r request, decode func(reply) (T, error)) (T, error) {
	tries := requests.Tries{Clock: c.options.Clock, Within: c.options.RequestTimeout}
	return requests.Send(ctx, tries, func(ctx context.Context) (T, error) { return sendOnce(ctx, c, r, decode) })
}

// sendOnce makes one try, within the request's time.
func sendOnce[T any](ctx context.Context, c *Client, r request, decode func(reply) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	limited, cancel := context.WithTimeout(ctx, cmp.Or(r.within, c.options.RequestTimeout))
	defer cancel()
	return requests.Observe(limited, c.measures, r.method, r.about.Service, r.about.Name, func(ctx context.Context) (T, error) {
		answer, err := c.try(ctx, r)
		defer answer.done()
		if err != nil {
			return none, err
		}
		return decode(answer)
	})
}
