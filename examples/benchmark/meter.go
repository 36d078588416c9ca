package main

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/examples/benchmark/internal/procfs"
	"github.com/awaitop/awaitop/poller"
)

// usage is how much the processes of a site have used up to a moment. A field that cannot be read
// is nil.
type usage struct {
	at      time.Time
	server  *float64 // CPU of the Temporal server, s
	workers *float64 // CPU of the processes that await, s
	memory  *float64 // the sum of their peaks, bytes
}

func (s *site) usage() usage {
	u := usage{at: time.Now()}
	if s.temporal != nil && s.temporal.pid != 0 {
		u.server = readings([]int{s.temporal.pid}, cpuSeconds)
	}
	var pids []int
	for _, p := range s.processes {
		pids = append(pids, p.pid())
	}
	u.workers, u.memory = readings(pids, cpuSeconds), readings(pids, peakBytes)
	return u
}

func cpuSeconds(pid int) (float64, error) {
	used, err := procfs.CPU(pid)
	return used.Seconds(), err
}

func peakBytes(pid int) (float64, error) {
	used, err := procfs.PeakMemory(pid)
	return float64(used), err
}

// readings is the sum of read over the processes, nil if it fails for one.
func readings(pids []int, read func(pid int) (float64, error)) *float64 {
	sum := 0.0
	for _, pid := range pids {
		value, err := read(pid)
		if err != nil {
			return nil
		}
		sum += value
	}
	return &sum
}

// idle lets the site settle. It returns how much its server uses in a second with workers connected
// and without waits, nil if that cannot be read.
func (s *site) idle(ctx context.Context, settle time.Duration) (*float64, error) {
	if err := sleep(ctx, settle); err != nil {
		return nil, err
	}
	before := s.usage()
	if err := sleep(ctx, settle); err != nil {
		return nil, err
	}
	after := s.usage()
	return scaled(difference(after.server, before.server), 1/after.at.Sub(before.at).Seconds()), nil
}

func sleep(ctx context.Context, d time.Duration) error { return poller.SystemClock().Sleep(ctx, d) }

// difference is nil if one of the two is.
func difference(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	d := *a - *b
	return &d
}

func scaled(a *float64, by float64) *float64 {
	if a == nil {
		return nil
	}
	product := *a * by
	return &product
}
