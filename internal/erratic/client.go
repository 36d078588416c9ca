// Package erratic has a client of an operations API whose Lists and Gets are late, fail, hang,
// end their goroutine, or show ends without results, for a while. It is for the tests of
// whatever awaits operations in spite of that, in a bubble of testing/synctest.
package erratic

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// Service is that of the client's operations.
	Service = "x.googleapis.com"
	// Calm is how long after it was made the client begins to answer at once.
	Calm = 4 * time.Minute
	// LastEnd is how long after the client was made all operations have ended.
	LastEnd = 6 * time.Minute
	// Patience is how long a Poller waits for a reply. Some take three times as long.
	Patience = 2 * time.Minute
)

// Client is an lro.Client. What it does follows from its seed, as far as its callers do. It is
// safe for concurrent use.
type Client struct {
	// Began is when the client was made.
	Began time.Time

	ends   map[string]time.Duration
	mu     sync.Mutex
	random *rand.Rand
}

var _ lro.Client = (*Client)(nil)

// New returns the client of a seed, and its 2 to 9 operations.
func New(seed uint64) (*Client, []lro.Ref) {
	c := &Client{Began: time.Now(), ends: map[string]time.Duration{}, random: rand.New(rand.NewPCG(seed, 0))}
	var refs []lro.Ref
	for i := range 2 + c.IntN(8) {
		name := fmt.Sprintf("projects/p%d/operations/o%d", c.IntN(2), i)
		c.ends[name] = c.Between(0, LastEnd)
		refs = append(refs, lro.Ref{Service: Service, Name: name})
	}
	return c, refs
}

// IntN returns a random number from 0 up to n.
func (c *Client) IntN(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.IntN(n)
}

// Between returns a random duration.
func (c *Client) Between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.IntN(int((most-least)/time.Millisecond)))*time.Millisecond
}

func (c *Client) operation(name string) lro.Operation {
	op := lro.Operation{Name: name}
	if time.Since(c.Began) >= c.ends[name] {
		op.Done, op.Response = true, []byte(`{}`)
	}
	return op
}

// trouble is what may become of a request, before it is answered.
func (c *Client) trouble() error {
	if time.Since(c.Began) > Calm {
		return nil
	}
	switch c.IntN(12) {
	case 0:
		return &lro.Error{Status: lro.Status{Code: lro.CodeUnavailable}}
	case 1:
		return &lro.Error{Status: lro.Status{Code: lro.CodeResourceExhausted}, RetryAfter: c.Between(0, 20*time.Second)}
	case 2:
		time.Sleep(c.Between(time.Second, 15*time.Second))
	case 3:
		time.Sleep(c.Between(time.Minute, 3*Patience)) // whatever its context says
	case 4:
		runtime.Goexit()
	case 5:
		panic("the client panics")
	}
	return nil
}

// GetOperation shows an operation, after some trouble.
func (c *Client) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	err := c.trouble()
	return c.operation(ref.Name), err
}

// ListOperations shows some of the operations of a collection, as they were before some
// trouble; some that have ended without their results.
func (c *Client) ListOperations(_ context.Context, in lro.ListRequest) (page lro.Page, err error) {
	for name := range c.ends {
		if (lro.Ref{Service: Service, Name: name}).Collection() != in.Collection || c.IntN(8) == 0 {
			continue
		}
		op := c.operation(name)
		if c.IntN(4) == 0 {
			op.Response = nil
		}
		page.Operations = append(page.Operations, op)
	}
	if in.PageToken == "" && c.IntN(3) == 0 {
		page.NextPageToken = "more"
	}
	return page, c.trouble()
}

// CancelOperation does nothing.
func (*Client) CancelOperation(context.Context, lro.Ref) error { return nil }

// DeleteOperation does nothing.
func (*Client) DeleteOperation(context.Context, lro.Ref) error { return nil }
