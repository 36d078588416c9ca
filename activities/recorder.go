package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/poller"
)

// recordAgainAfter is the delay before a record that could not be written is written
// again.
const recordAgainAfter = 500 * time.Millisecond

// recorder writes what an activity in its slot is about to do to its heartbeat, where
// a later attempt finds it.
type recorder struct {
	*heart
	clock poller.Clock
	end   context.CancelCauseFunc
}

// recordsAtOnce reports whether each record is written when it is made. Otherwise the
// SDK writes the first at once, and holds back those that follow it for up to 0.8 of
// the heartbeat timeout: records have to be made ahead then.
func (a *Activities) recordsAtOnce() bool { return a.async.places != nil }

// startRecorder beats until it is closed, first with the record given. The context
// ends with the activity's, and when a heartbeat's reply says so.
func (a *Activities) startRecorder(ctx context.Context, first any) (context.Context, *recorder) {
	ctx, end := context.WithCancelCause(ctx)
	r := &recorder{clock: a.clock, end: end}
	if a.recordsAtOnce() {
		r.heart = a.async.hearts.start(first, activity.GetInfo(ctx).HeartbeatTimeout*3/4, func(details any) error {
			return beatDirectly(ctx, details, beatTimeout, end)
		})
	} else {
		r.heart = a.startHeart(ctx, first)
	}
	return ctx, r
}

// write returns once the Temporal server has the record that was noted last, or with the
// error of ctx.
func (r *recorder) write(ctx context.Context) error {
	for {
		failed := r.send(time.Now())
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case failed == nil:
			return nil
		}
		if err := r.clock.Sleep(ctx, recordAgainAfter); err != nil {
			return err
		}
	}
}

func (r *recorder) close() {
	r.stop()
	r.end(nil)
}
