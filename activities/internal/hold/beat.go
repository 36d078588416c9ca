package hold

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// StartHeart beats for the attempt until the heart is stopped, first with the given record. A beat
// without details would erase the record of the attempt before.
func (t *Attempt) StartHeart(first any) *Heart {
	if t.Detached() { // every record is sent, so a quarter of the timeout is left for another try
		return t.holder.asyncHearts.start(first, activity.GetInfo(t.ctx).HeartbeatTimeout*3/4, t.beat)
	}
	return t.holder.slotHearts.start(first, activity.GetInfo(t.slot).HeartbeatTimeout/3, func(details any) error {
		if isPast(t.slot) {
			return t.beat(details)
		}
		return record(t.slot, details)
	})
}

// StartHeart beats for an activity in its slot until the heart is stopped, first with the given
// record, nil for beats without. The SDK gets a record in each third of the timeout, and sends the
// last one after 80%.
func (h *Holder) StartHeart(ctx context.Context, first any) *Heart {
	return h.slotHearts.start(first, activity.GetInfo(ctx).HeartbeatTimeout/3, func(details any) error { return record(ctx, details) })
}

// record gives a beat to the SDK, which sends it later.
func record(ctx context.Context, details any) error {
	if details == nil {
		activity.RecordHeartbeat(ctx)
	} else {
		activity.RecordHeartbeat(ctx, details)
	}
	return nil
}

// beat sends a record to the server. The server's reply says whether to go on.
func (t *Attempt) beat(details any) error {
	return beatDirectly(t.ctx, details, min(beatTimeout, activity.GetInfo(t.ctx).HeartbeatTimeout/4), t.stop)
}

// beatDirectly sends a record to the server at once, past the SDK. If the reply ends the attempt,
// it calls stop with the cause.
func beatDirectly(ctx context.Context, details any, timeout time.Duration, stop context.CancelCauseFunc) error {
	info := activity.GetInfo(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	err := activity.GetClient(ctx).RecordActivityHeartbeatWithOptions(ctx, client.RecordActivityHeartbeatOptions{
		TaskToken: info.TaskToken, Details: []any{details},
		Namespace: info.Namespace, WorkflowID: info.WorkflowExecution.ID, TaskQueue: info.TaskQueue,
		WorkflowType: workflowType(info), ActivityType: info.ActivityType.Name,
	})
	switch {
	case isForgotten(err):
		err = errForgotten
	case temporal.IsCanceledError(err):
		err = context.Canceled
	case errors.Is(err, activity.ErrActivityPaused), errors.Is(err, activity.ErrActivityReset):
	default:
		return err
	}
	stop(err)
	return nil
}
