package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"
)

// startKey marks what a step starts as this workflow's. It is the same in every
// retry and reset of the workflow: of what names a run, only the first run's id
// stays. What each attempt of the workflow undoes by a compensation is each
// attempt's own.
func startKey(ctx workflow.Context, step string, perAttempt bool) string {
	info := workflow.GetInfo(ctx)
	text := info.WorkflowExecution.ID + "\x00" + info.FirstRunID + "\x00" + step
	if perAttempt && info.Attempt > 1 {
		text += "\x00" + strconv.Itoa(int(info.Attempt))
	}
	sum := sha256.Sum256([]byte(text))
	return "awaitop_" + hex.EncodeToString(sum[:16])
}

// retried reports whether an earlier run of the workflow may have started the
// step: after a retry, a reset or a continue-as-new.
func retried(ctx workflow.Context, perAttempt bool) bool {
	info := workflow.GetInfo(ctx)
	first := info.FirstRunID == "" || info.FirstRunID == info.WorkflowExecution.RunID
	return !first && !(perAttempt && info.Attempt > 1)
}

// undoing marks the context of a compensation.
type undoing struct{}

// since is when the first run of the workflow began: what is older was not made
// by it. A retry's own start is later. The server's run ids are UUIDs of
// version 7 (RFC 9562), which hold the time; from a server whose are not, the
// run's own start is all there is.
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
