package activities

import (
	"context"
	"errors"
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
	// earlyPart is the part of an interval before its end in which an answer
	// that comes along with others' takes the place of the read.
	earlyPart = 4
)

// errLate is the answer that has not come by the deadline.
var errLate = &Error{Method: "GetOperation", Status: lro.Status{Code: lro.CodeDeadlineExceeded, Message: "no reply by the deadline"}}

// watch is one attempt of a PollOperation.
type watch struct {
	*Activities
	*attempt
	rules
	track
	in       PollInput
	schedule *Schedule
	reader   *reader
	member   *member
	heart    *heart
	metrics  client.MetricsHandler

	operation lro.Operation // as last seen
	beat      Heartbeat
}

func (a *Activities) newWatch(ctx context.Context, in PollInput) *watch {
	w := &watch{
		Activities: a,
		attempt:    a.newAttempt(ctx),
		in:         in,
		metrics:    activity.GetMetricsHandler(ctx),
		operation:  lro.Operation{Name: in.Ref.Name},
		beat:       lastHeartbeat(ctx),
	}
	w.schedule = NewSchedule(in.Policy, in.StartTime, ScheduleOptions{Now: a.clock.Now, Random: a.random})
	w.rules = rules{startTime: in.StartTime, deadline: in.Deadline, resumed: in.Resumed, maximum: w.schedule.policy.MaximumInterval}
	w.authGrace, _ = in.AuthGrace.In("")         // validated
	w.notFoundGrace, _ = in.NotFoundGrace.In("") // validated
	w.seen, w.blockedSince = w.beat.Seen || in.Seen, w.beat.BlockedSince
	w.heart = a.startHeart(ctx, w.beat)
	w.reader = a.poller.newReader(ctx)
	w.member = w.reader.join(in.Ref, 0)
	return w
}

func (w *watch) close() {
	w.member.leave()
	w.heart.stop()
	w.attempt.end()
}

// run reads, and between reads sleeps or hands back.
func (w *watch) run() (PollOutput, error) {
	if !w.mayQueue(w.in.Ref.Service) {
		return PollOutput{}, handBack("waiting for a place to poll from", minimumRetryDelay)
	}
	due, end, err := w.firstRead()
	for end == nil && err == nil {
		var answered answer
		var wait time.Duration
		if answered, err = w.next(due); err != nil {
			break
		}
		if wait, end, err = w.take(answered); end == nil && err == nil {
			due, end, err = w.pause(wait)
		}
	}
	return w.result(end), err
}

// firstRead is due at once, unless the operation was observed when the wait
// began. In the queue it has the place it had in the attempt before.
func (w *watch) firstRead() (due time.Time, end *PollOutput, err error) {
	now := w.clock.Now()
	if wait := w.untilFirstRead(now); wait > 0 {
		w.showRunning()
		return w.pause(wait)
	}
	if due = now; !w.beat.NextPoll.IsZero() && w.beat.NextPoll.Before(now) {
		due = w.beat.NextPoll
	}
	_, last, _ := w.untilDeadline(0, now)
	w.member.schedule(due, due, pollPriority(last))
	return due, nil, nil
}

// pause decides what to do until the next read: sleep here, hand the wait back,
// or end it.
func (w *watch) pause(wait time.Duration) (due time.Time, end *PollOutput, err error) {
	now := w.clock.Now()
	wait, last, over := w.untilDeadline(wait, now)
	if over {
		return now, &PollOutput{Expired: true}, nil
	}
	due = now.Add(wait)
	w.beat.Seen, w.beat.BlockedSince, w.beat.NextPoll = w.seen, w.blockedSince, due.UTC()
	w.heart.record(w.beat)
	if !w.mayHold(wait, w.schedule.policy.YieldInterval) {
		return now, nil, w.yield(wait)
	}
	w.member.schedule(due, due.Add(-wait/earlyPart), pollPriority(last))
	return due, nil, nil
}

func pollPriority(last bool) Priority {
	if last {
		return PriorityLast
	}
	return PriorityPoll
}

// next returns the next answer: one that comes along before the read is due, or
// that of the read.
func (w *watch) next(due time.Time) (answer, error) {
	came := w.reader.sleep(w.ctx, due)
	if len(came) == 0 && w.ctx.Err() == nil {
		w.member.ready()
		reading, cancel := w.readContext()
		came = w.reader.await(reading)
		cancel()
		w.metrics.Timer("awaitop_poll_delay").Record(w.clock.Now().Sub(due))
	}
	switch {
	case w.ctx.Err() != nil && (len(came) == 0 || came[len(came)-1].err != nil):
		return answer{}, w.interrupted()
	case len(came) == 0:
		return answer{err: errLate, at: w.clock.Now()}, nil
	}
	return came[len(came)-1], nil
}

// readContext bounds a read that would outlive the deadline.
func (w *watch) readContext() (context.Context, context.CancelFunc) {
	if w.deadline.IsZero() {
		return context.WithCancel(w.ctx)
	}
	return context.WithTimeout(w.ctx, max(w.deadline.Sub(w.clock.Now()), 0)+lateRead)
}

// take takes an answer. It returns the time to the next read, or how the wait
// ended.
func (w *watch) take(a answer) (wait time.Duration, end *PollOutput, err error) {
	if errors.Is(a.err, errDeferred) {
		return w.schedule.NextBackOff(), nil, nil
	}
	w.beat.Polls++
	if a.err != nil {
		return w.failed(a.err)
	}
	w.count("awaitop_polls", "ok")
	w.seen, w.blockedSince = true, time.Time{}
	bounded, fits := a.op.Bound()
	w.operation = bounded
	if a.op.Done {
		return 0, &PollOutput{ResponseTooLarge: !fits && bounded.State() == lro.StateSucceeded}, nil
	}
	w.schedule.Observe(a.op)
	w.showRunning()
	return w.schedule.NextBackOff(), nil, nil
}

// failed decides what a failed read means for the wait.
func (w *watch) failed(err error) (time.Duration, *PollOutput, error) {
	w.count("awaitop_polls", string(Classify(err)))
	w.beat.Status = statusOf(err).Code.String()
	w.schedule.Reset() // progress ages: an estimate from it would grow with each failure
	wait, failure := w.judge(&w.track, err, w.schedule.NextBackOff(), w.clock.Now())
	if failure == nil {
		return wait, nil, nil
	}
	failure.Ref, failure.Operation, failure.Polls = w.in.Ref, w.operation, w.beat.Polls
	return 0, nil, failure.Err()
}

// result completes the output; nil stays empty.
func (w *watch) result(end *PollOutput) PollOutput {
	if end == nil {
		return PollOutput{}
	}
	end.Operation = w.operation
	end.Polls, end.Seen = w.beat.Polls, w.seen
	end.StartTime, end.Policy = w.in.StartTime, w.in.Policy
	return *end
}

func (w *watch) count(name, result string) {
	w.metrics.WithTags(map[string]string{"service": w.in.Ref.Service, "result": result}).Counter(name).Inc(1)
}
