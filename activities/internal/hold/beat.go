package hold

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// StartHeart beats for the attempt until the heart is stopped, first with the given
// record: a beat without details would erase the record of the attempt before.
func (t *Attempt) StartHeart(first any) *Heart {
	if t.Detached() { // what is recorded is sent, which leaves a quarter of the timeout for another try
		return t.holder.asyncHearts.start(first, activity.GetInfo(t.ctx).HeartbeatTimeout*3/4, t.beat)
	}
	return t.holder.slotHearts.start(first, activity.GetInfo(t.slot).HeartbeatTimeout/3, func(details any) error {
		if isPast(t.slot) {
			return t.beat(details)
		}
		return record(t.slot, details)
	})
}

// StartHeart beats for an activity in its slot until the heart is stopped, first with the
// given record; nil for beats without. The SDK is given a record in each third of the
// timeout, and sends the last in four fifths.
func (h *Holder) StartHeart(ctx context.Context, first any) *Heart {
	return h.slotHearts.start(first, activity.GetInfo(ctx).HeartbeatTimeout/3, func(details any) error { return record(ctx, details) })
}

// record gives the SDK a beat, which it sends when it sees fit.
func record(ctx context.Context, details any) error {
	if details == nil {
		activity.RecordHeartbeat(ctx)
	} else {
		activity.RecordHeartbeat(ctx, details)
	}
	return nil
}

// beat sends the server a record, and learns from its reply whether to go on.
func (t *Attempt) beat(details any) error {
	return beatDirectly(t.ctx, details, min(beatTimeout, activity.GetInfo(t.ctx).HeartbeatTimeout/4), t.stop)
}

// beatDirectly sends the server a record at once, past the SDK. Where the reply says
// that the attempt is to end, stop is called with why.
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
