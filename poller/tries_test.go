package poller_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

var unavailable = &lro.Error{Method: "GetOperation", HTTP: 503, Status: lro.Status{Code: lro.CodeUnavailable}}

// Each further try waits for its turn, with the priority of the first.
func TestNextTryOrder(t *testing.T) {
	t.Parallel()
	p := newPacing(t, poller.Budget{RequestsPerSecond: 1, Burst: 1})
	begun, queued := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := p.poller.Do(t.Context(), lro.SpannerService, opName, poller.PriorityCancel, func(ctx context.Context) error {
			p.note("cancel")
			close(begun)
			<-queued
			for range 2 {
				if err := poller.NextTry(ctx, unavailable); err != nil {
					return err
				}
				p.note("cancel again")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	all.Go(func() { _ = p.do(poller.PriorityPoll, "poll", nil) })
	p.waiting(1)
	close(queued)
	p.waiting(2)
	p.run(2, time.Second)
	p.waiting(2)
	p.run(4, time.Second)
	all.Wait()
	if got := p.names(); !slices.Equal(got, []string{"cancel", "cancel again", "cancel again", "poll"}) {
		t.Errorf("made in the order %v", got)
	}
	if stats := p.poller.Stats(lro.SpannerService); stats.Requests != 4 || stats.Rejected != 0 {
		t.Errorf("%+v, want 4 requests", stats)
	}
}

// A try that was refused for its quota lowers the budget, whatever becomes of the
// next.
func TestNextTryCounts(t *testing.T) {
	t.Parallel()
	p := newPacing(t, poller.Budget{RequestsPerSecond: 100})
	p.clock.AutoAdvance()
	err := p.poller.Do(t.Context(), lro.SpannerService, opName, poller.PriorityPoll, func(ctx context.Context) error {
		return poller.NextTry(ctx, quotaError)
	})
	if stats := p.poller.Stats(lro.SpannerService); err != nil || stats.Rejected != 1 || stats.RequestsPerSecond > 50 {
		t.Errorf("%+v (%v), want one rejection and half the rate", stats, err)
	}
}

// Who gives up between two tries makes no further one, and counts as one request
// under way until it has returned.
func TestNextTryGivesUp(t *testing.T) {
	t.Parallel()
	const places = 64 // of requests under way
	p := newPacing(t, poller.Budget{})
	hold := make(chan struct{})
	defer close(hold)
	var begun sync.WaitGroup
	begun.Add(places - 1)
	held := func(context.Context) error {
		begun.Done()
		<-hold
		return nil
	}
	for range places - 1 {
		go func() { _ = p.poller.Do(t.Context(), lro.SpannerService, opName, poller.PriorityPoll, held) }()
	}
	begun.Wait()
	begun.Add(1)
	ctx, cancel := context.WithCancel(t.Context())
	err := p.poller.Do(ctx, lro.SpannerService, opName, poller.PriorityPoll, func(ctx context.Context) error {
		go func() { _ = p.poller.Do(t.Context(), lro.SpannerService, opName, poller.PriorityPoll, held) }()
		p.waiting(1) // all places are taken
		gone := make(chan error)
		go func() { gone <- poller.NextTry(ctx, unavailable) }()
		begun.Wait() // it has given its place to the other
		p.waiting(1)
		cancel()
		return <-gone
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	over := make(chan error, 1)
	go func() { over <- p.do(poller.PriorityPoll, "one too many", nil) }()
	p.waiting(1)
	if got := p.names(); len(got) > 0 {
		t.Errorf("%v was made beside %d requests", got, places)
	}
	hold <- struct{}{}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// Without a Poller nothing keeps a client from trying again, but its context.
func TestNextTryWithoutPoller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	if err := poller.NextTry(ctx, unavailable); err != nil {
		t.Error(err)
	}
	cancel()
	if err := poller.NextTry(ctx, unavailable); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's error", err)
	}
}
