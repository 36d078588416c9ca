package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
)

const (
	// starters is how many waits start at the same time.
	starters = 16
	// lookEvery is the time between two checks whether all waits have ended.
	lookEvery = 500 * time.Millisecond
	// showEvery is how often progress is shown.
	showEvery = 5 * time.Second
	// countEvery is the time between two counts of the waits while the ends of some operations have
	// not been noticed. Each count costs the server.
	countEvery = 10 * time.Second
	// closeWithin is how long after the last wait the visibility store may take to show its end.
	closeWithin = 10 * time.Second
)

// trial is a run of a pattern.
type trial struct {
	*site
	bench  *bench
	load   *load
	waits  []*wait
	probes probes
	show   func(state string)
	shown  time.Time

	started  time.Time
	startsIn time.Duration // how long the start of all waits took
}

// try runs a pattern once.
func (b *bench) try(ctx context.Context, pattern patterns.Pattern, run int) (measured, error) {
	name := fmt.Sprintf("%s-%d", pattern.Name, run)
	s, err := b.open(ctx, pattern, name)
	if err != nil {
		return measured{}, err
	}
	defer s.close()
	t := &trial{site: s, bench: b, load: newLoad(b.flags, s.service), show: b.out.Begin(name)}
	defer t.show("")
	t.probes.waits, t.waits = t.load.waits(pattern.PerWorkflow)
	t.show("settling")
	idle, err := s.idle(ctx, b.flags.settle)
	if err != nil {
		return measured{}, err
	}
	before := s.usage()
	if err := t.run(ctx); err != nil {
		return measured{}, err
	}
	after := s.usage()
	return t.measure(ctx, run, idle, before, after)
}

// run starts the waits and returns when all have ended, or are given up.
func (t *trial) run(ctx context.Context) error {
	t.started = time.Now()
	t.shown = t.started
	for _, waits := range [][]*wait{t.probes.waits, t.waits} {
		if err := t.startAll(ctx, waits); err != nil {
			return err
		}
	}
	t.startsIn = time.Since(t.started)
	probed := make(chan struct{})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(probed)
		return t.probes.run(ctx, t.awaiter, t.service, t.bench.flags.durations.median)
	})
	group.Go(func() error { return t.untilEnded(ctx, probed) })
	return group.Wait()
}

// startAll starts operations, each wait's right before the wait.
func (t *trial) startAll(ctx context.Context, waits []*wait) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(starters)
	for i, w := range waits {
		if ctx.Err() != nil {
			break
		}
		t.progress("started", i, len(waits))
		group.Go(func() error {
			t.load.start(w)
			if err := t.awaiter.start(ctx, w); err != nil {
				return fmt.Errorf("start %s: %w", w.id, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// untilEnded returns once all waits have ended, or patience is over.
func (t *trial) untilEnded(ctx context.Context, probed <-chan struct{}) error {
	deadline := time.Now().Add(t.load.longest + t.bench.flags.patience)
	counted := time.Now()
	for time.Now().Before(deadline) {
		if err := sleep(ctx, lookEvery); err != nil {
			return err
		}
		noticed := len(t.load.lags(t.waits))
		t.progress("ends noticed", noticed, t.bench.flags.n)
		if noticed < t.bench.flags.n && time.Since(counted) < countEvery || !closed(probed) {
			continue
		}
		counted = time.Now()
		if running, err := t.awaiter.running(ctx); err != nil || running == 0 {
			return err
		}
	}
	return nil
}

// progress shows the trial's progress now and then.
func (t *trial) progress(what string, n, of int) {
	if time.Since(t.shown) >= showEvery {
		t.shown = time.Now()
		t.show(fmt.Sprintf("%d of %d %s", n, of, what))
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// results asks for the results until the ends of all waits are known, for some time.
func (t *trial) results(ctx context.Context) (results, error) {
	for until := time.Now().Add(closeWithin); ; {
		found, err := t.awaiter.results(ctx, t.waits)
		if err != nil || found.done+found.failed >= t.bench.flags.n || time.Now().After(until) {
			return found, err
		}
		if err := sleep(ctx, lookEvery); err != nil {
			return found, err
		}
	}
}
