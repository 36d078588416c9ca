package main

import (
	"context"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/examples/internal/console"
)

// bench runs the trials.
type bench struct {
	flags flags
	out   *console.Console
	// serve is temporalFor if it is nil.
	serve func(ctx context.Context, address string, out *console.Console) (*temporalServer, error)
}

// run runs the trials interleaved.
func (b *bench) run(ctx context.Context) (report, error) {
	result := newReport(b.flags)
	for run := range b.flags.runs {
		for i, pattern := range b.flags.patterns {
			began := time.Now()
			found, err := b.try(ctx, pattern, run+1)
			if err != nil {
				return report{}, fmt.Errorf("run %d of %s: %w", run+1, pattern.Name, err)
			}
			result.Patterns[i].Runs = append(result.Patterns[i].Runs, found)
			b.out.Line("run %d of %d, %s: %.0f s, %s", run+1, b.flags.runs, pattern.Name, time.Since(began).Seconds(), found)
		}
	}
	result.summarize()
	return result, nil
}

func (b *bench) temporal(ctx context.Context, address string, out *console.Console) (*temporalServer, error) {
	if b.serve != nil {
		return b.serve(ctx, address, out)
	}
	return temporalFor(ctx, address, out)
}
