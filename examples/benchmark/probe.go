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

// run looks at the histories once each wait has been read, and again at three quarters of the given
// time. Then it cancels.
func (p *probes) run(ctx context.Context, a awaiter, service *testsuite.Service, runs time.Duration) error {
	if len(p.waits) == 0 {
		return nil
	}
	end := time.Now().Add(runs * 3 / 4)
	for !p.areRead(service) && time.Until(end) > runs/4 {
		if err := sleep(ctx, probeEvery); err != nil {
			return err
		}
	}
	before, err := p.events(ctx, a)
	if err != nil {
		return err
	}
	if err := sleep(ctx, time.Until(end)); err != nil {
		return err
	}
	after, err := p.events(ctx, a)
	if err != nil {
		return err
	}
	p.grows = after > before
	return p.cancel(ctx, a)
}

// probeEvery is the time between two looks for the first reads.
const probeEvery = 20 * time.Millisecond

// areRead reports whether each operation has been read, by a Get or with its collection.
func (p *probes) areRead(service *testsuite.Service) bool {
	read := map[string]bool{}
	for _, call := range service.Calls(testsuite.MethodGet, testsuite.MethodList) {
		read[call.Name] = true
	}
	for _, w := range p.waits {
		for _, ref := range w.refs {
			if !read[ref.Name] && !read[ref.Collection().Name] {
				return false
			}
		}
	}
	return true
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
