package hold

import (
	"context"
	"time"
)

// recordAgainAfter is the delay before a record that could not be written is written again.
const recordAgainAfter = 500 * time.Millisecond

// Sleeper sleeps as a clock does.
type Sleeper interface {
	// Sleep returns nil after d, or ctx.Err() once ctx is done.
	Sleep(ctx context.Context, d time.Duration) error
}

// Recorder writes the next action of an activity in its slot to its heartbeat, where a later
// attempt finds it.
type Recorder struct {
	*Heart
	clock Sleeper
	end   context.CancelCauseFunc
}

// StartRecorder beats until it is closed, with the record until another one is set. The context ends
// with the activity's, and when a heartbeat's reply ends the activity.
func (h *Holder) StartRecorder(ctx context.Context, clock Sleeper, record any) (context.Context, *Recorder) {
	ctx, end := context.WithCancelCause(ctx)
	r := &Recorder{clock: clock, end: end}
	if h.RecordsAtOnce() {
		r.Heart = h.asyncHearts.start(record, asyncBeatEvery(ctx), func(details any) error {
			return beatDirectly(ctx, details, beatTimeout, end)
		})
	} else {
		r.Heart = h.StartHeart(ctx, record)
	}
	return ctx, r
}

// Write returns once the Temporal server has the newest record, or with the error of ctx.
func (r *Recorder) Write(ctx context.Context) error {
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

// Close ends the beating and the context.
func (r *Recorder) Close() {
	r.Stop()
	r.end(nil)
}
