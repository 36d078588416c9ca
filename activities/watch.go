package activities

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

const (
	// lastPollLead is how long before the deadline the last read is due.
	lastPollLead = time.Second
	// lateRead is for how long after the deadline a read may go on.
	lateRead = 10 * time.Second
)

// errLate is the answer that has not come by the deadline.
var errLate = &lro.Error{Method: "GetOperation", NoStatus: true, Status: lro.Status{Code: lro.CodeDeadlineExceeded, Message: "no reply by the deadline"}}

// watch is one attempt of a PollOperation.
type watch struct {
	*Activities
	*attempt
	rules
	track
	in       PollInput
	schedule *poller.Schedule
	reader   *poller.Waiter
	member   *poller.Subscription
	heart    *heart
	measures *waitInstruments
	span     trace.Span

	operation lro.Operation // as last seen
	beat      Heartbeat
	told      string        // the status last recorded
	answer    poller.Answer // the last
	out       PollOutput
}

// newWatch returns a watch that holds the place, nil for none yet.
func (a *Activities) newWatch(ctx context.Context, in PollInput, place chan struct{}) *watch {
	measures := a.measures(in.Ref.Service, kindSingle)
	ctx, span := measures.hold(ctx, poller.ResourceKey.String(in.Ref.Name))
	w := &watch{
		Activities: a,
		attempt:    a.newAttempt(ctx, place),
		in:         in,
		measures:   measures,
		span:       span,
		operation:  lro.Operation{Name: in.Ref.Name},
		beat:       lastHeartbeat(ctx),
	}
	w.schedule = poller.NewSchedule(in.Policy, in.StartTime, poller.ScheduleOptions{Now: a.ServerTime, Random: a.random})
	w.rules = rules{startTime: in.StartTime, deadline: in.Deadline, resumed: in.Resumed, maximum: w.schedule.Policy.MaximumInterval}
	w.authGrace, _ = in.AuthGrace.In("")         // validated
	w.notFoundGrace, _ = in.NotFoundGrace.In("") // validated
	w.beat.describes(&w.in)
	w.beat.Polls = max(w.beat.Polls, in.EarlierPolls)
	w.seen, w.blockedSince = w.beat.Seen || in.Seen, w.beat.BlockedSince
	w.heart = w.attempt.startHeart(w.beat)
	w.reader = a.poller.NewWaiter(ctx)
	w.reader.Owner, w.reader.Superseded = activity.GetInfo(ctx).WorkflowExecution.ID, w.heart.hurry // its reply tells
	if in.Supersedes {
		w.seen = a.poller.Supersede(w.reader.Owner, in.Ref) || w.seen
	}
	w.reader.Seen.Store(w.seen)
	w.member = w.reader.Subscribe(in.Ref, 0)
	return w
}

// close ends the attempt, which ended with err.
func (w *watch) close(err error) {
	w.member.Leave()
	w.heart.stop()
	w.end()
	w.measures.release(w.ctx, w.span, w.polls(), &w.operation, err)
}

// run reads, and between reads sleeps or hands back, until the wait has ended:
// how is in out. It is where a held poll sleeps. What is large is kept off its
// stack: a worker has thousands of them.
func (w *watch) run() error {
	due, ended, err := w.firstRead()
	for !ended && err == nil {
		if err = w.next(due); err == nil {
			due, ended, err = w.step()
		}
	}
	if w.endedMeanwhile() {
		return nil
	}
	return err
}

// endedMeanwhile takes an answer that came while the attempt decided to end, if it says
// that the operation has ended. No other comes any more.
func (w *watch) endedMeanwhile() bool {
	w.member.Leave()
	if w.operation.Done {
		return false
	}
	for _, a := range w.reader.Take() {
		if a.Err == nil && a.Op.Done {
			w.answer = a
			_, ended, _ := w.take()
			return ended
		}
	}
	return false
}

// step takes the last answer, and decides what to do until the next.
func (w *watch) step() (due time.Time, ended bool, err error) {
	wait, ended, err := w.take()
	if ended || err != nil {
		return due, ended, err
	}
	return w.pause(wait)
}

// firstRead is due at once, unless the operation was observed when the wait began, or
// the service asked the attempt before to wait. In the queue it has the place it had
// in the attempt before.
func (w *watch) firstRead() (due time.Time, ended bool, err error) {
	now := w.ServerTime()
	if wait := w.untilFirstRead(now); wait > 0 {
		w.showRunning()
		return w.pause(wait)
	}
	if wait := min(w.beat.NotBefore.Sub(now), lro.MaxRetryAfter); wait > 0 {
		return w.pause(wait)
	}
	if w.beat.NextPoll.IsZero() || now.Before(w.beat.NextPoll) {
		w.beat.NextPoll = now.UTC()
	}
	w.heart.note(w.beat)
	wait, _, last := w.untilDeadline(w.schedule.ScatteredBackOff(), now)
	if !last && !w.mayQueue(w.in.Ref) {
		return due, false, noPlace(wait)
	}
	due = w.skew.local(w.beat.NextPoll)
	w.member.Due(due, due, pollPriority(last))
	return due, false, nil
}

// pause decides what to do until the next read: sleep here, hand the wait back,
// or end it.
func (w *watch) pause(wait time.Duration) (due time.Time, ended bool, err error) {
	now := w.ServerTime()
	wait, last, over := w.afterAnswer(w.answer.Err, wait, now)
	if over {
		w.result(PollOutput{Expired: true, LastError: w.beat.LastError})
		return due, true, nil
	}
	w.beat.Seen, w.beat.BlockedSince, w.beat.NextPoll = w.seen, w.blockedSince, now.Add(wait).UTC()
	yields := !w.mayHold(wait, w.schedule.Policy.YieldInterval)
	if yields {
		w.beat.NotBefore = time.Time{} // the server keeps to it, whatever the next worker's clock says
	}
	w.heart.record(w.beat)
	if w.beat.Status != w.told {
		w.told = w.beat.Status
		w.heart.news()
	}
	if yields {
		w.flush()
		return due, false, w.yield(wait)
	}
	if lro.RetryAfter(w.answer.Err) > 0 {
		w.heart.hurry() // another worker shall know, too
	}
	due = w.clock.Now().Add(wait)
	w.member.Due(due, due.Add(-wait/poller.EarlyPart), pollPriority(last))
	return due, false, nil
}

// flush sends what was recorded, for the next attempt; without a slot, when the
// attempt's end is reported.
func (w *watch) flush() {
	if w.place == nil || w.place != w.async.places {
		w.heart.flush()
	}
}

func pollPriority(last bool) poller.Priority {
	if last {
		return poller.PriorityLast
	}
	return poller.PriorityPoll
}

// next waits for the next answer: one that comes along before the read is due, or
// that of the read.
func (w *watch) next(due time.Time) error {
	came := w.reader.Sleep(w.ctx, due)
	if len(came) == 0 && w.ctx.Err() == nil {
		w.member.Ready()
		reading, cancel := w.readContext()
		came = w.reader.Await(reading, w.member.Ready)
		cancel()
		w.measures.late(w.ctx, w.clock.Now().Sub(due))
	}
	return w.answered(came)
}

// answered keeps the last answer that came, or one that says the operation has
// ended: nothing that comes after it can change that.
func (w *watch) answered(came []poller.Answer) error {
	w.answer = poller.Answer{Err: errLate, At: w.clock.Now()}
	for _, a := range came {
		w.answer = a
		if a.Err == nil && a.Op.Done {
			return nil
		}
	}
	if w.ctx.Err() != nil && w.answer.Err != nil {
		if errors.Is(context.Cause(w.ctx), activity.ErrActivityReset) {
			w.beat.NotBefore = time.Time{} // somebody wants it read now
			w.heart.note(w.beat)
		}
		w.flush()
		return w.interrupted()
	}
	return nil
}

// readContext bounds a read that would outlive the deadline.
func (w *watch) readContext() (context.Context, context.CancelFunc) {
	if w.deadline.IsZero() {
		return context.WithCancel(w.ctx)
	}
	return context.WithTimeout(w.ctx, max(w.deadline.Sub(w.ServerTime()), 0)+lateRead)
}

// take takes the last answer. It returns the time to the next read, or that the
// wait has ended.
func (w *watch) take() (wait time.Duration, ended bool, err error) {
	a := &w.answer
	if errors.Is(a.Err, poller.ErrDeferred) {
		return w.schedule.NextBackOff(), false, nil
	}
	w.beat.Polls++
	now := w.ServerTime()
	w.beat.LastPoll = now.UTC()
	w.measures.polled(w.ctx, a)
	if a.Err != nil {
		return w.failed(a.Err)
	}
	w.seen, w.blockedSince, w.beat.NotBefore, w.beat.LastError = true, time.Time{}, time.Time{}, nil
	w.reader.Seen.Store(true)
	bounded, fits := a.Op.Bound()
	large := a.Large || !fits && bounded.State() == lro.StateSucceeded
	w.operation = bounded
	if a.Op.Done {
		w.measures.noticed(w.ctx, a.Op, w.startTime, w.in.Canceling, now)
		w.result(PollOutput{ResponseTooLarge: large})
		return 0, true, nil
	}
	if at := w.in.ReportTime; !at.IsZero() && !now.Before(at) {
		w.result(PollOutput{})
		return 0, true, nil
	}
	w.schedule.Observe(a.Op)
	w.showRunning()
	a.Op = lro.Operation{} // what is kept of it is kept elsewhere
	return w.schedule.After(*a), false, nil
}

// failed decides what a failed read means for the wait.
func (w *watch) failed(err error) (time.Duration, bool, error) {
	w.beat.LastError = brief(err)
	w.beat.Status = w.beat.LastError.Code.String()
	now := w.ServerTime()
	w.beat.NotBefore = notBefore(err, now)
	w.schedule.Reset() // progress ages: an estimate from it would grow with each failure
	wait, failure := w.judge(&w.track, err, w.schedule.NextBackOff(), now)
	if failure == nil {
		return wait, false, nil
	}
	failure.Ref, failure.Operation, failure.Polls = w.in.Ref, w.operation, w.polls()
	return 0, false, NewError(*failure)
}

// polls is how many reads this poll has made, by all of its attempts.
func (w *watch) polls() int { return w.beat.Polls - w.in.EarlierPolls }

// result ends the wait.
func (w *watch) result(end PollOutput) {
	end.Operation = w.operation
	end.Polls, end.Seen = w.polls(), w.seen
	end.StartTime, end.Policy = w.in.StartTime, w.in.Policy
	w.out = end
}
