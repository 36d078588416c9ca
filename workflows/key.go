package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/stepkey"
)

// startKey returns the key that marks a step's operation as this workflow's. It is the same
// in every retry and reset of the workflow, because the first run's id stays. An operation
// that a compensation starts bears the mark of the operation that it takes back. If that was
// started without a key, the mark is a key of its own, which leads back to this workflow.
func startKey(ctx workflow.Context, step string) string {
	u, undoes := ctx.Value(undoingKey{}).(*undoing)
	if !undoes {
		return keyOf(ctx, step)
	}
	u.started++
	of := u.of
	if _, marked := stepkey.Parse(of); !marked {
		of = keyOf(ctx, "undo "+of)
	}
	return starters.UndoKey(of, u.started)
}

func keyOf(ctx workflow.Context, step string) string {
	if c, is := callerOf(ctx); is {
		return c.key(step)
	}
	info := workflow.GetInfo(ctx)
	return stepkey.New(info.WorkflowExecution.ID, info.FirstRunID, step)
}

// retried reports whether an earlier run of the workflow may have started the
// step: after a retry, a reset or a continue-as-new.
func retried(ctx workflow.Context) bool {
	c, is := callerOf(ctx)
	return is && c.retried || isLaterRun(ctx)
}

// markedOnly reports whether of what an earlier run may have made only what bears the key is the caller's: a key alone
// says nothing of what no key marks.
func markedOnly(ctx workflow.Context) bool {
	c, is := callerOf(ctx)
	return is && c.marked && !isLaterRun(ctx)
}

// isLaterRun reports whether the run follows another one of the workflow.
func isLaterRun(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.FirstRunID != "" && info.FirstRunID != info.WorkflowExecution.RunID
}

// continued returns when the run began, if it continues another one as new or is a later one of a cron, and
// whether it was reset. It is zero for other runs, and for a retry: nothing tells a retry of such a run from others.
func continued(ctx workflow.Context) (began time.Time, reset bool) {
	info := workflow.GetInfo(ctx)
	if _, is := callerOf(ctx); is { // its step's name tells a change from others
		return time.Time{}, false
	}
	if info.ContinuedExecutionRunID == "" || info.Attempt > 1 {
		return time.Time{}, false
	}
	return runStart(ctx), info.OriginalRunID != "" && info.OriginalRunID != info.WorkflowExecution.RunID
}

// runStart is when the run began.
func runStart(ctx workflow.Context) time.Time {
	start := workflow.GetInfo(ctx).WorkflowStartTime
	if start.IsZero() { // in the SDK's test environment
		start = workflow.Now(ctx)
	}
	return start.UTC()
}

// undoingKey is the key of an undoing in the context of a step's compensation.
type undoingKey struct{}

// undoing is a compensation under way.
type undoing struct {
	of      string // the mark of the operation that is taken back
	started int    // operations that the compensation has started
}

// since returns when the first run of the workflow began: an older resource was not made by
// the workflow. A retry's own start is later. If the first run's id does not tell its time,
// since returns the run's own start.
func since(ctx workflow.Context) time.Time {
	if c, is := callerOf(ctx); is && !c.since.IsZero() {
		return c.since.UTC()
	}
	return firstStart(ctx)
}

// firstStart is since of the workflow itself, also where its steps run in the name of a caller.
func firstStart(ctx workflow.Context) time.Time {
	start := runStart(ctx)
	if first := stepkey.Began(workflow.GetInfo(ctx).FirstRunID); !first.IsZero() && first.Before(start) {
		start = first
	}
	return start.UTC()
}
