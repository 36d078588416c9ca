package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// Observed is what a poll now read of a running operation. It stands in the memo of the
// [AwaitOperation] as [ObservedMemo], where package control sees it without a worker. The
// heartbeats of the poll that goes on beside it know it only after their own next read.
type Observed struct {
	// Time is when the read reached the workflow.
	Time time.Time `json:"time"`
	// Progress is that of the operation's metadata, without a FollowUp.
	Progress lro.Progress `json:"progress"`
}

// memorize notes the operation that a poll now has read in the workflow's memo. It costs one
// event.
func (w *wait) memorize(ctx workflow.Context, op lro.Operation) {
	o := Observed{Time: workflow.Now(ctx).UTC(), Progress: lro.ProgressOf(op.Metadata)}
	o.Progress.FollowUp = "" // without a codec that works, the SDK writes a memo in the clear
	if err := workflow.UpsertMemo(ctx, map[string]any{ObservedMemo: o}); err != nil {
		panic(fmt.Sprintf("awaitop: the progress does not encode: %v", err)) // as for an activity's input
	}
}
