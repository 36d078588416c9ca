package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// Responses reads the operations that succeeded, with their responses, and calls each with
// the index in Operations and the operation. If each returns an error, Responses ends and
// returns it. One activity reads a page, which takes at most 1 MiB in the workflow's
// history. An operation that can no longer be read is an error as [Await] has it. A
// response that does not fit a payload is missing, and its operation is marked Truncated.
// options are those of the AwaitAll.
func (o AllOutcome) Responses(ctx workflow.Context, options AwaitAllOptions, each func(index int, op lro.Operation) error) error {
	w := newSetWait(ctx, options, AllOutcome{Operations: slices.Clone(o.Operations)})
	for i := range w.outcome.Operations { // chunks takes those that run
		result := &w.outcome.Operations[i]
		if result.State == lro.StateSucceeded {
			result.State = lro.StateRunning
		} else {
			result.State = lro.StateFailed
		}
	}
	ctx = w.pageContext(ctx)
	for _, c := range w.chunks() {
		if err := w.readChunk(ctx, c, each); err != nil {
			return err
		}
	}
	return nil
}

// readChunk reads a chunk page by page.
func (w *setWait) readChunk(ctx workflow.Context, c chunk, each func(index int, op lro.Operation) error) error {
	for from := 0; ; {
		page, err := w.readPage(ctx, c, from)
		if err != nil {
			return err
		}
		for i, op := range page.Operations {
			if err := each(c.indexes[from+i], op); err != nil {
				return err
			}
		}
		if from = page.Next; from == 0 {
			return nil
		}
	}
}

func (w *setWait) readPage(ctx workflow.Context, c chunk, from int) (page sets.ReadOutput, err error) {
	in := sets.ReadInput{
		Operations: c.set, From: from, Insist: true, Deadline: workflow.Now(ctx).UTC().Add(w.readWindow(ctx)),
	}
	err = execute(ctx, activities.ReadOperationsName, in, &page, func() error { return page.Validate(in) })
	return page, err
}

// pageContext has the options of an activity that reads a page.
func (w *setWait) pageContext(ctx workflow.Context) workflow.Context {
	reading := workflow.GetActivityOptions(w.options.pollContext(ctx, time.Time{}, w.summary("read")))
	reading.ScheduleToStartTimeout, reading.RetryPolicy = pickUp(w.readWindow(ctx)), retriesWithin(w.readWindow(ctx))
	return workflow.WithActivityOptions(ctx, reading)
}

// readWindow is for how long a page may be tried.
func (w *setWait) readWindow(ctx workflow.Context) time.Duration {
	now := workflow.Now(ctx)
	return w.limits.cut(now.Add(w.options.AuthGrace)).Sub(now)
}
