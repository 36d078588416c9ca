package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// poll awaits all operations until the wait's deadline, or until the first failure.
func (w *setWait) poll(ctx workflow.Context) {
	in := w.pollInput()
	in.StartTime, in.Deadline = w.outcome.StartTime, w.limits.cut(w.callersDeadline())
	in.Policy.InitialInterval = w.initialInterval
	in.StopOnFailure, in.Resumed = w.options.OnFailure != AwaitRest, w.started
	w.pollChunks(ctx, in)
}

// pollCanceled awaits the operations that were sent a cancel, with the schedule started
// afresh, until the grace is over.
func (w *setWait) pollCanceled(ctx workflow.Context) {
	in := w.pollInput()
	in.StartTime, in.Deadline = workflow.Now(ctx).UTC(), w.graceEnd(ctx)
	in.Policy.IgnoreProgress = true // progress tells when the operations would have ended
	in.Resumed, in.Canceling = true, true
	w.pollChunks(ctx, in)
}

// pollInput is what the inputs of all polls have in common.
func (w *setWait) pollInput() sets.PollInput {
	return sets.PollInput{
		Policy: w.options.Policy, AuthGrace: lro.DurationOf(w.options.AuthGrace), NotFoundGrace: lro.DurationOf(w.options.NotFoundGrace),
	}
}

// callersDeadline is the deadline that the Timeout sets, zero for none.
func (w *setWait) callersDeadline() time.Time {
	if w.options.Timeout <= 0 {
		return time.Time{}
	}
	return w.outcome.StartTime.Add(w.options.Timeout)
}

// pollChunks runs a PollOperations for each chunk. The first that stops at a failure stops
// the others.
func (w *setWait) pollChunks(ctx workflow.Context, in sets.PollInput) {
	ctx, stop := workflow.WithCancel(ctx)
	defer stop()
	ctx = w.options.pollContext(ctx, in.Deadline, w.summary("await"))
	w.eachChunk(ctx, func(ctx workflow.Context, c chunk) {
		w.pollChunk(ctx, in, c)
		if w.invalid != nil || in.StopOnFailure && w.failed >= 0 {
			stop()
		}
	})
}

// pollChunk runs a PollOperations, and takes what it found into the outcome.
func (w *setWait) pollChunk(ctx workflow.Context, in sets.PollInput, c chunk) {
	in.Operations, in.Steps = c.set, w.stepsOf(c)
	var out sets.PollOutput
	err := execute(ctx, activities.PollOperationsName, in, &out, func() error { return out.Validate(in) })
	switch pollEndOf(err, ctx.Err() != nil, isPast(ctx, in.Deadline)) {
	case pollAnswered:
		w.take(c, out)
		w.expired = w.expired || out.Expired
	case pollFailed:
		failure, _ := lro.AsFailure(err)
		w.invalid = &failure
	case pollExpired:
		w.expired = true
	case pollStray, pollLost:
		w.lost(c, err)
	case pollNone, pollReported, pollLeft: // no state was returned
	}
}

// take takes the states that a poll of a chunk returned.
func (w *setWait) take(c chunk, out sets.PollOutput) {
	w.outcome.Polls = polls.Add(w.outcome.Polls, out.Polls)
	for i, index := range c.indexes {
		w.outcome.Operations[index].State = out.States.State(i)
	}
	for _, failure := range out.Failures {
		result := &w.outcome.Operations[c.indexes[failure.Index]]
		result.Failure, result.Status = failure.Type, failure.Status
		first := &w.unread
		if failure.Type == lro.TypeOperationFailed {
			first = &w.failed
		}
		if *first < 0 {
			*first = c.indexes[failure.Index]
		}
	}
}

// lost notes that a poll ended and told no states of its chunk.
func (w *setWait) lost(c chunk, err error) {
	for _, index := range c.indexes {
		result := &w.outcome.Operations[index]
		result.Failure, result.Status = lro.TypePollFailed, &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
		if w.unread < 0 {
			w.unread = index
		}
	}
}
