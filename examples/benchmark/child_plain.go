package main

import (
	"context"
	"sync"

	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
	"github.com/awaitop/awaitop/lro"
)

// plainChild awaits in goroutines.
type plainChild struct {
	ctx      context.Context
	pattern  patterns.Pattern
	schedule patterns.Schedule
	api      lro.Client

	mu      sync.Mutex
	cancels map[lro.Ref]context.CancelFunc // of waits under way
	failed  int
}

func newPlainChild(ctx context.Context, pattern patterns.Pattern, schedule patterns.Schedule, api lro.Client) *plainChild {
	return &plainChild{ctx: ctx, pattern: pattern, schedule: schedule, api: api, cancels: map[lro.Ref]context.CancelFunc{}}
}

func (c *plainChild) await(refs []lro.Ref) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ref := range refs {
		ctx, cancel := context.WithCancel(c.ctx)
		c.cancels[ref] = cancel
		go c.wait(ctx, ref)
	}
}

func (c *plainChild) wait(ctx context.Context, ref lro.Ref) {
	err := c.pattern.Wait(ctx, c.api, ref, c.schedule)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && ctx.Err() == nil { // a canceled wait has not failed
		c.failed++
	}
	c.cancels[ref]()
	delete(c.cancels, ref)
}

func (c *plainChild) cancel(refs []lro.Ref) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ref := range refs {
		if cancel := c.cancels[ref]; cancel != nil {
			cancel()
		}
	}
}

func (c *plainChild) report() childReport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return childReport{Running: len(c.cancels), Failed: c.failed}
}

func (c *plainChild) stop() {}
