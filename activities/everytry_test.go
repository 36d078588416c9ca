package activities_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

var unavailable = &lro.Error{Method: "GetOperation", HTTP: 503, Status: lro.Status{Code: lro.CodeUnavailable}}

// persistent is a Client whose every request takes two tries.
type persistent struct {
	lro.Client
	tries atomic.Int64
}

func (c *persistent) again(ctx context.Context) error {
	c.tries.Add(2)
	return poller.NextTry(ctx, unavailable)
}

func (c *persistent) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if err := c.again(ctx); err != nil {
		return lro.Operation{}, err
	}
	return c.Client.GetOperation(ctx, ref)
}

func (c *persistent) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	if err := c.again(ctx); err != nil {
		return lro.Page{}, err
	}
	return c.Client.ListOperations(ctx, in)
}

func (c *persistent) CancelOperation(ctx context.Context, ref lro.Ref) error {
	return errors.Join(c.again(ctx), c.Client.CancelOperation(ctx, ref))
}

func (c *persistent) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	return errors.Join(c.again(ctx), c.Client.DeleteOperation(ctx, ref))
}

// Whatever a Poller asks its client for, each try is within the budget.
func TestEveryTryIsCounted(t *testing.T) {
	t.Parallel()
	rows := map[string]func(t *testing.T, p *poller.Poller, s *setup) error{
		"get": func(t *testing.T, p *poller.Poller, s *setup) error {
			_, err := p.GetOperation(t.Context(), s.ref)
			return err
		},
		"list": func(t *testing.T, p *poller.Poller, s *setup) error {
			_, err := p.ListOperations(t.Context(), lro.ListRequest{Collection: collection})
			return err
		},
		"cancel": func(t *testing.T, p *poller.Poller, s *setup) error { return p.CancelOperation(t.Context(), s.ref) },
		"delete": func(t *testing.T, p *poller.Poller, s *setup) error { return p.DeleteOperation(t.Context(), s.ref) },
		"poll": func(_ *testing.T, p *poller.Poller, s *setup) error {
			_, err := poll(activities.New(p, s.options), s.input())
			return err
		},
		"polls by lists": func(_ *testing.T, p *poller.Poller, s *setup) error {
			var refs []lro.Ref
			for i := range 5 {
				refs = append(refs, s.service.Start(fmt.Sprintf("%s%d", opName, i), testsuite.Script{RunsFor: 10 * time.Second}))
			}
			_, err := pollSet(activities.New(p, s.options), s.setInput(refs))
			return err
		},
	}
	for name, call := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{RunsFor: 10 * time.Second})
			client := &persistent{Client: s.service}
			poller, err := poller.New(client, poller.Options{Clock: s.clock})
			if err != nil {
				t.Fatal(err)
			}
			if poller.Unwrap() != lro.Client(client) {
				t.Error("Unwrap returns another client")
			}
			if err := call(t, poller, s); err != nil {
				t.Fatal(err)
			}
			if counted := poller.Stats(lro.SpannerService).Requests; int64(counted) != client.tries.Load() {
				t.Errorf("%d requests were counted, of %d tries", counted, client.tries.Load())
			}
		})
	}
}
