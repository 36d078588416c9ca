package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/lro"
)

const (
	// lastPollLead is how long before the deadline the last read is due.
	lastPollLead = time.Second
	// lateRead is for how long after the deadline a read may go on.
	lateRead = 10 * time.Second
)

// watch is one attempt of a PollOperation.
type watch struct {
	*Activities
	ctx      context.Context // done on a cancel and on a hand-over
	in       PollInput
	schedule *Schedule
	heart    *heart
	metrics  client.MetricsHandler

	authGrace     time.Duration
	notFoundGrace time.Duration
	handover      time.Time     // when a held poll goes back to the server
	firstWait     time.Duration // before the first read

	operation lro.Operation // as last seen
	beat      Heartbeat
	holding   bool
	stop      context.CancelCauseFunc
}

func (a *Activities) newWatch(ctx context.Context, in PollInput) *watch {
	w := &watch{
		Activities: a,
		in:         in,
		heart:      startHeart(ctx),
		metrics:    activity.GetMetricsHandler(ctx),
		operation:  lro.Operation{Name: in.Ref.Name},
		beat:       lastHeartbeat(ctx),
	}
	w.ctx, w.stop = context.WithCancelCause(ctx)
	go stopWithWorker(w.ctx, w.stop)
	w.authGrace, _ = in.AuthGrace.In("")         // validated
	w.notFoundGrace, _ = in.NotFoundGrace.In("") // validated
	w.handover = a.clock.Now().Add(activity.GetInfo(ctx).StartToCloseTimeout * 3 / 4)
	w.schedule = NewSchedule(in.Policy, in.StartTime, ScheduleOptions{Now: a.clock.Now, Random: a.random})
	w.beat.Seen = w.beat.Seen || in.Seen
	w.firstWait = w.untilFirstRead()
	return w
}

func (w *watch) close() {
	w.stop(nil)
	w.heart.stop()
	if w.holding {
		w.release()
	}
}

// run reads, and between reads sleeps or hands back.
func (w *watch) run() (PollOutput, error) {
	for {
		wait, end, err := w.next()
		if end != nil || err != nil {
			return w.result(end), err
		}
		wait, expired := w.untilDeadline(wait)
		if expired {
			return w.result(&PollOutput{Expired: true}), nil
		}
		w.beat.NextPoll = w.clock.Now().Add(wait).UTC()
		w.heart.record(w.beat)
		if !w.mayHold(wait) {
			return PollOutput{}, w.yield(wait)
		}
		if err := w.clock.Sleep(w.ctx, wait); err != nil {
			return PollOutput{}, w.interrupted()
		}
	}
}

// read polls once. It returns the time to the next read, or how the wait ended.
func (w *watch) read() (wait time.Duration, end *PollOutput, err error) {
	ctx, cancel := w.readContext()
	defer cancel()
	op, err := w.client.GetOperation(ctx, w.in.Ref)
	if w.ctx.Err() != nil && err != nil {
		return 0, nil, w.interrupted()
	}
	w.beat.Polls++
	if err != nil {
		return w.failed(err)
	}
	w.count("awaitop_polls", "ok")
	w.beat.Seen, w.beat.BlockedSince = true, time.Time{}
	bounded, fits := op.Bound()
	w.operation = bounded
	if op.Done {
		return 0, &PollOutput{ResponseTooLarge: !fits && bounded.State() == lro.StateSucceeded}, nil
	}
	w.schedule.Observe(op)
	w.showRunning()
	return w.schedule.NextBackOff(), nil, nil
}

// readContext bounds a read that would outlive the deadline.
func (w *watch) readContext() (context.Context, context.CancelFunc) {
	if w.in.Deadline.IsZero() {
		return context.WithCancel(w.ctx)
	}
	return context.WithTimeout(w.ctx, max(w.in.Deadline.Sub(w.clock.Now()), 0)+lateRead)
}

// failed decides what a failed read means for the wait.
func (w *watch) failed(err error) (time.Duration, *PollOutput, error) {
	class := Classify(err)
	w.count("awaitop_polls", string(class))
	w.beat.Status = statusOf(err).Code.String()
	now := w.clock.Now()
	if class != ClassBlocked {
		w.beat.BlockedSince = time.Time{}
	}
	w.schedule.Reset() // progress ages: an estimate from it would grow with each failure
	wait := max(w.schedule.NextBackOff(), retryAfter(err))
	switch class {
	case ClassTransient:
		return wait, nil, nil
	case ClassNotFound:
		if w.beat.Seen {
			return 0, nil, w.failure(lro.Failure{Type: lro.TypeOperationGone, PollError: statusOf(err)})
		}
		if grace := w.in.StartTime.Add(w.notFoundGrace).Sub(now); grace > 0 {
			return max(min(wait, grace), retryAfter(err)), nil, nil
		}
	case ClassBlocked:
		if w.beat.BlockedSince.IsZero() {
			w.beat.BlockedSince = now.UTC()
		}
		left := w.beat.BlockedSince.Add(w.authGrace).Sub(now)
		if (w.beat.Seen || w.in.Resumed) && left > 0 {
			return max(min(w.schedule.policy.MaximumInterval, left), retryAfter(err)), nil, nil
		}
	}
	return 0, nil, w.failure(pollFailure(w.in.Ref, err))
}

// failure is f with what the wait has come to know, as an error.
func (w *watch) failure(f lro.Failure) error {
	f.Ref, f.Operation, f.Polls = w.in.Ref, w.operation, w.beat.Polls
	return f.Err()
}

// result completes the output; nil stays empty.
func (w *watch) result(end *PollOutput) PollOutput {
	if end == nil {
		return PollOutput{}
	}
	end.Operation = w.operation
	end.Polls, end.Seen = w.beat.Polls, w.beat.Seen
	end.StartTime, end.Policy = w.in.StartTime, w.in.Policy
	return *end
}

// untilDeadline cuts wait so that a last read comes just before the deadline.
// It reports true once that read has been made.
func (w *watch) untilDeadline(wait time.Duration) (time.Duration, bool) {
	if w.in.Deadline.IsZero() {
		return wait, false
	}
	left := w.in.Deadline.Add(-lastPollLead).Sub(w.clock.Now())
	return min(wait, left), left <= 0
}

// mayHold reports whether to sleep here until the next read.
func (w *watch) mayHold(wait time.Duration) bool {
	if wait >= w.schedule.policy.YieldInterval || w.clock.Now().Add(wait).After(w.handover) {
		return false
	}
	w.holding = w.holding || w.tryHold()
	return w.holding
}

func (w *watch) count(name, result string) {
	w.metrics.WithTags(map[string]string{"service": w.in.Ref.Service, "result": result}).Counter(name).Inc(1)
}
