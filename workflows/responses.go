package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// Responses reads the operations that succeeded, with their responses, a page an
// activity, and calls each with the index in Operations and the operation; an
// error of its ends it and is returned. A page is at most 1 MiB in the workflow's
// history. An operation that can no longer be read is an error as [Await] has it;
// one whose response does not fit a payload comes without, and is marked
// Truncated. options are those of the AwaitAll.
func (o AllOutcome) Responses(ctx workflow.Context, options AwaitAllOptions, each func(index int, op lro.Operation) error) error {
	done := newSetWait(ctx, options, AllOutcome{Operations: slices.Clone(o.Operations)})
	for i := range done.outcome.Operations { // chunks takes those that run
		result := &done.outcome.Operations[i]
		if result.State == lro.StateSucceeded {
			result.State = lro.StateRunning
		} else {
			result.State = lro.StateFailed
		}
	}
	reading := workflow.GetActivityOptions(done.options.pollContext(ctx, time.Time{}, done.summary("read")))
	window := func() time.Duration {
		now := workflow.Now(ctx)
		return done.limits.cut(now.Add(done.options.AuthGrace)).Sub(now)
	}
	reading.ScheduleToStartTimeout, reading.RetryPolicy = pickUp(window()), retriesWithin(window())
	ctx = workflow.WithActivityOptions(ctx, reading)
	for _, c := range done.chunks() {
		for from := 0; from < len(c.indexes); {
			var page activities.ReadSetOutput
			in := activities.ReadSetInput{
				Operations: c.set, From: from, Insist: true, Deadline: workflow.Now(ctx).UTC().Add(window()),
			}
			err := execute(ctx, activities.ReadOperationsName, in, &page, func() error { return page.Validate(in) })
			if err != nil {
				return err
			}
			for i, op := range page.Operations {
				if err := each(c.indexes[from+i], op); err != nil {
					return err
				}
			}
			if from = page.Next; from == 0 {
				break
			}
		}
	}
	return nil
}
