package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// probes are waits for operations that do not end. They show whether histories grow while nothing
// happens, and how soon a cancel arrives.
type probes struct {
	waits    []*wait
	grows    bool
	canceled map[lro.Ref]time.Time // when the cancel was requested
}

// run looks at the histories at a quarter of the given time and at half of it, and then cancels. If
// they grew it looks once more: on a busy machine some waits began only then.
func (p *probes) run(ctx context.Context, a awaiter, runs time.Duration) error {
	if len(p.waits) == 0 {
		return nil
	}
	before, err := p.eventsAfter(ctx, a, runs/4)
	if err != nil {
		return err
	}
	p.grows = true
	for looks := 0; looks < 2 && p.grows; looks++ {
		after, err := p.eventsAfter(ctx, a, runs/4)
		if err != nil {
			return err
		}
		p.grows, before = after > before, after
	}
	return p.cancel(ctx, a)
}

// eventsAfter are the events of all waits after a pause.
func (p *probes) eventsAfter(ctx context.Context, a awaiter, pause time.Duration) (int, error) {
	if err := sleep(ctx, pause); err != nil {
		return 0, err
	}
	return p.events(ctx, a)
}

func (p *probes) events(ctx context.Context, a awaiter) (int, error) {
	sum := 0
	for _, w := range p.waits {
		n, err := a.events(ctx, w)
		if err != nil {
			return 0, fmt.Errorf("read the history of %s: %w", w.id, err)
		}
		sum += n
	}
	return sum, nil
}

// cancel cancels all waits at the same time.
func (p *probes) cancel(ctx context.Context, a awaiter) error {
	p.canceled = map[lro.Ref]time.Time{}
	var group errgroup.Group
	for _, w := range p.waits {
		for _, ref := range w.refs {
			p.canceled[ref] = time.Now()
		}
		group.Go(func() error {
			if err := a.cancel(ctx, w); err != nil {
				return fmt.Errorf("cancel %s: %w", w.id, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// latencies returns, in seconds, how long after the wait was canceled the API got the first cancel
// of each operation that it did not refuse, for each operation that got one.
func (p *probes) latencies(service *testsuite.Service) []float64 {
	arrived := map[string]time.Time{}
	for _, call := range service.Calls(testsuite.MethodCancel) {
		if _, before := arrived[call.Name]; !before && call.Code == lro.CodeOK {
			arrived[call.Name] = call.Time
		}
	}
	var latencies []float64
	for ref, asked := range p.canceled {
		if at, ok := arrived[ref.Name]; ok {
			latencies = append(latencies, at.Sub(asked).Seconds())
		}
	}
	return latencies
}
