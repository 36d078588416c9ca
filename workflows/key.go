package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
)

// startKey returns the key that marks a step's operation as this workflow's. It is the same
// in every retry and reset of the workflow, because the first run's id stays. An operation
// that a compensation starts bears the mark of the operation that it takes back.
func startKey(ctx workflow.Context, step string) string {
	if u, ok := ctx.Value(undoingKey{}).(*undoing); ok {
		u.started++
		return starters.UndoKey(u.of, u.started)
	}
	info := workflow.GetInfo(ctx)
	sum := sha256.Sum256([]byte(info.WorkflowExecution.ID + "\x00" + info.FirstRunID + "\x00" + step))
	return "awaitop_" + hex.EncodeToString(sum[:16])
}

// retried reports whether an earlier run of the workflow may have started the
// step: after a retry, a reset or a continue-as-new.
func retried(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.FirstRunID != "" && info.FirstRunID != info.WorkflowExecution.RunID
}

// undoingKey is the key of an undoing in the context of a step's compensation.
type undoingKey struct{}

// undoing is a compensation under way.
type undoing struct {
	of      string // the mark of the operation that is taken back
	started int    // operations that the compensation has started
}

// since returns when the first run of the workflow began: an older resource was not made by
// the workflow. A retry's own start is later. The server's run ids are UUIDs of
// version 7 (RFC 9562), which hold the time. If they are not, since returns the run's own
// start.
func since(ctx workflow.Context) time.Time {
	info := workflow.GetInfo(ctx)
	start := info.WorkflowStartTime
	if start.IsZero() { // in the SDK's test environment
		start = workflow.Now(ctx)
	}
	if id, err := uuid.Parse(info.FirstRunID); err == nil && id.Version() == 7 {
		sec, nsec := id.Time().UnixTime()
		if first := time.Unix(sec, nsec); first.Before(start) {
			start = first
		}
	}
	return start.UTC()
}
