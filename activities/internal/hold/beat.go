package hold

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// asyncBeatEvery is the time between two beats of a detached attempt: 75% of its heartbeat timeout.
// Each beat is sent, so 25% are left for another try.
func asyncBeatEvery(ctx context.Context) time.Duration {
	return activity.GetInfo(ctx).HeartbeatTimeout * 3 / 4
}

// slotBeatEvery is the time between two beats of an attempt in its slot: a third of its heartbeat
// timeout. The SDK sends the newest record after 80% of the timeout.
func slotBeatEvery(ctx context.Context) time.Duration {
	return activity.GetInfo(ctx).HeartbeatTimeout / 3
}

// StartHeart beats for the attempt until the heart is stopped. Beats have the record, for which a
// [MakeRecord] may stand, until another one is set. A beat without a record would erase that of the
// attempt before.
func (t *Attempt) StartHeart(record any) *Heart {
	if t.Detached() {
		return t.holder.asyncHearts.start(record, asyncBeatEvery(t.ctx), t.beat)
	}
	return t.holder.slotHearts.start(record, slotBeatEvery(t.slot), func(details any) error {
		if isPast(t.slot) {
			return t.beat(details)
		}
		return beatBySDK(t.slot, details)
	})
}

// StartHeart beats for an activity in its slot until the heart is stopped, with the record, nil for
// beats without.
func (h *Holder) StartHeart(ctx context.Context, record any) *Heart {
	return h.slotHearts.start(record, slotBeatEvery(ctx), func(details any) error { return beatBySDK(ctx, details) })
}

// beatBySDK gives a record to the SDK, which sends it later.
func beatBySDK(ctx context.Context, details any) error {
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
		// These end the attempt as they are.
	default: // nil, or the beat failed: the attempt goes on
		return err
	}
	stop(err)
	return nil
}
