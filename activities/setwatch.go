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

// beatEvery is how often a set's progress is recorded at the least, while some
// of it is being read all the time.
const beatEvery = 10 * time.Second

// setWatch is one attempt of a PollOperations.
type setWatch struct {
	*Activities
	*attempt
	rules
	in       PollSetInput
	schedule *poller.Schedule
	reader   *poller.Waiter
	heart    *heart
	measures *waitInstruments
	span     trace.Span

	first    lro.Ref
	items    []setItem
	agenda   queue[*setItem] // those that are due some time
	running  int             // those that have not ended
	asked    int             // those that are being read
	failures []SetFailure
	polls    int
	stopped  bool
	// notBefore is until when the service last asked to wait.
	notBefore time.Time
	failing   int         // those whose last read failed
	lastError *lro.Status // of the last of these
	beaten    time.Time   // when progress was last recorded
}

// setItem is one operation of a set.
type setItem struct {
	track
	member  *poller.Subscription
	due     time.Time
	place   int  // in the agenda
	asked   bool // whether it is being read
	failing bool // whether its last read failed
	letter  byte
}

func (i *setItem) before(other *setItem) bool { return i.due.Before(other.due) }
func (i *setItem) at() *int                   { return &i.place }

func (a *Activities) newSetWatch(ctx context.Context, in PollSetInput, refs []lro.Ref) *setWatch {
	measures := a.measures(refs[0].Service, kindSet)
	ctx, span := measures.hold(ctx, setSizeKey.Int(len(refs)))
	w := &setWatch{measures: measures, span: span, Activities: a, attempt: a.newAttempt(ctx, nil), in: in, first: refs[0], items: make([]setItem, len(refs))}
	w.schedule = poller.NewSchedule(in.Policy, in.StartTime, poller.ScheduleOptions{Now: a.ServerTime, Random: a.random})
	w.rules = rules{startTime: in.StartTime, deadline: in.Deadline, resumed: in.Resumed, maximum: w.schedule.Policy.MaximumInterval}
	w.authGrace, _ = in.AuthGrace.In("")         // validated
	w.notFoundGrace, _ = in.NotFoundGrace.In("") // validated
	var before SetHeartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &before) != nil {
		before = SetHeartbeat{}
	}
	w.heart = w.attempt.startHeart(before)
	w.reader = a.poller.NewWaiter(ctx)
	w.polls = before.Polls
	first := a.clock.Now()
	if until := a.skew.local(before.NotBefore); until.After(first) {
		first = first.Add(min(until.Sub(first), lro.MaxRetryAfter))
	}
	for i, ref := range refs {
		w.items[i] = w.resume(&before, i)
		if item := &w.items[i]; item.letter == SetRunning {
			w.running++
			item.member = w.reader.Subscribe(ref, i)
			w.put(item, first, first, false)
		}
	}
	return w
}

// resume goes on where the attempt before was. How an operation ended that did
// not succeed is not in its record, and is read again.
func (w *setWatch) resume(before *SetHeartbeat, index int) setItem {
	item := setItem{letter: SetRunning, place: -1}
	switch before.get(index) {
	case beatSucceeded:
		item.letter = SetSucceeded
	case beatRunning, beatEnded:
		item.seen, item.blockedSince = true, before.BlockedSince
	}
	return item
}

// close ends the attempt, which ended with err.
func (w *setWatch) close(err error) {
	w.leave()
	w.heart.stop()
	w.attempt.end()
	w.measures.release(w.ctx, w.span, w.polls, nil, err)
}

// leave ends the memberships.
func (w *setWatch) leave() {
	for i := range w.items {
		if m := w.items[i].member; m != nil {
			m.Leave()
		}
	}
}

// run has read what is due, and takes the answers.
func (w *setWatch) run() (PollSetOutput, error) {
	if !w.mayQueue(w.first) {
		if wait, _, over := w.untilDeadline(w.schedule.ScatteredBackOff(), w.ServerTime()); !over {
			return PollSetOutput{}, noPlace(wait)
		}
	}
	for w.running > 0 && !w.stopped {
		w.ask()
		if w.asked == 0 && len(w.agenda) == 0 { // the last reads have been made
			return w.result(true), nil
		}
		if now := w.clock.Now(); w.asked == 0 || now.Sub(w.beaten) >= beatEvery {
			w.beaten = now
			w.beat()
			w.askAgain()
			if !w.mayStay(w.asked == 0) {
				w.notBefore = time.Time{} // as in watch.pause
				w.beat()
				w.heart.flush()
				return w.yield(now)
			}
		}
		came := w.next()
		if w.ctx.Err() != nil {
			w.beat()
			w.heart.flush()
			return PollSetOutput{}, w.interrupted()
		}
		if len(came) == 0 && w.late() {
			return w.result(true), nil
		}
		for _, a := range came {
			w.take(a)
		}
	}
	return w.result(false), nil
}

// ask has read all that is due.
func (w *setWatch) ask() {
	now := w.clock.Now()
	for len(w.agenda) > 0 && !w.agenda[0].due.After(now) {
		item := w.agenda[0]
		w.agenda.remove(item)
		item.asked = true
		w.asked++
		item.member.Ready()
	}
}

// askAgain asks for the reads that have brought no answer yet.
func (w *setWatch) askAgain() {
	for i := range w.items {
		if item := &w.items[i]; item.asked {
			item.member.Ready()
		}
	}
}

// next waits for answers, or until something is due.
func (w *setWatch) next() []poller.Answer {
	if w.asked == 0 {
		return w.reader.Sleep(w.ctx, w.agenda[0].due)
	}
	// A read that hangs must not hold up the others.
	wait := beatEvery
	switch now := w.clock.Now(); {
	case len(w.agenda) > 0:
		wait = min(wait, w.agenda[0].due.Sub(now))
	case !w.deadline.IsZero():
		wait = min(wait, w.deadline.Add(lateRead).Sub(w.ServerTime()))
	}
	ctx, cancel := context.WithTimeout(w.ctx, wait)
	defer cancel()
	return w.reader.Await(ctx, w.askAgain)
}

// late reports whether the last reads were not answered in time.
func (w *setWatch) late() bool {
	return len(w.agenda) == 0 && !w.deadline.IsZero() && !w.ServerTime().Before(w.deadline.Add(lateRead))
}

// yield hands the wait back to the server until something is due, unless answers that
// come meanwhile end it.
func (w *setWatch) yield(now time.Time) (PollSetOutput, error) {
	wait := minimumRetryDelay
	if len(w.agenda) > 0 {
		wait = max(w.agenda[0].due.Sub(now), wait)
	}
	w.leave()
	for _, a := range w.reader.Take() {
		w.take(a)
	}
	if w.running == 0 || w.stopped {
		return w.result(false), nil
	}
	return PollSetOutput{}, nextPoll(w.status(), wait)
}

// take takes an answer.
func (w *setWatch) take(a poller.Answer) {
	item := &w.items[a.Index]
	if item.asked {
		item.asked = false
		w.asked--
	}
	if item.letter != SetRunning {
		return
	}
	w.schedule.Observed = item.observed
	interval := w.schedule.NextBackOff()
	if !errors.Is(a.Err, poller.ErrDeferred) {
		w.fails(item, a.Err)
		w.measures.polled(w.ctx, &a)
	}
	switch {
	case errors.Is(a.Err, poller.ErrDeferred):
	case a.Err != nil:
		w.polls++
		w.schedule.Reset() // progress ages
		item.observed, interval = poller.Observation{}, w.schedule.NextBackOff()
		if until := notBefore(a.Err, w.ServerTime()); until.After(w.notBefore) {
			w.notBefore = until
		}
		wait, failure := w.judge(&item.track, a.Err, interval, w.ServerTime())
		if failure != nil {
			w.end(a.Index, SetUnknown, failure)
			return
		}
		interval = wait
	case a.Op.Done:
		w.polls++
		w.end(a.Index, letterOf(a.Op.State()), &lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{Operation: a.Op}})
		return
	default:
		w.polls++
		item.seen, item.blockedSince = true, time.Time{}
		w.schedule.Observe(a.Op)
		item.observed = w.schedule.Observed
		item.observed.Progress.FollowUp = "" // nobody reads it, and there are many
		interval = w.schedule.After(a)
	}
	wait, last, over := w.afterAnswer(a.Err, interval, w.ServerTime())
	w.agenda.remove(item)
	if !over {
		now := w.clock.Now()
		w.put(item, now.Add(wait), now.Add(wait-wait/poller.EarlyPart), last)
	}
}

// fails keeps count of the operations whose last read failed.
func (w *setWatch) fails(item *setItem, err error) {
	if err != nil {
		w.lastError = brief(err)
	}
	switch failing := err != nil; {
	case failing && !item.failing:
		w.failing++
	case !failing && item.failing:
		w.failing--
	}
	item.failing = err != nil
}

func (w *setWatch) put(item *setItem, due, early time.Time, last bool) {
	item.due = due
	w.agenda.add(item)
	item.member.Due(due, early, pollPriority(last))
}

// end ends the wait for one operation. Of a failure, the type and the status
// are kept.
func (w *setWatch) end(index int, letter byte, failure *lro.Failure) {
	item := &w.items[index]
	w.fails(item, nil) // what it failed with is its failure
	item.letter = letter
	w.agenda.remove(item)
	item.member.Leave()
	item.member = nil
	w.running--
	if failure.Operation.Done {
		w.measures.noticed(w.ctx, failure.Operation, w.startTime, w.in.Canceling, w.ServerTime())
	}
	if letter == SetSucceeded {
		return
	}
	status := failure.Status()
	if failure.Type == lro.TypeOperationGone {
		status = failure.PollError
	}
	w.failures = append(w.failures, SetFailure{Index: index, Type: failure.Type, Status: status})
	w.stopped = w.stopped || w.in.StopOnFailure && letter != SetUnknown
}

func (w *setWatch) result(expired bool) PollSetOutput {
	states := make([]byte, len(w.items))
	for i := range w.items {
		states[i] = w.items[i].letter
	}
	return PollSetOutput{States: SetStates(states), Failures: boundFailures(w.failures), Expired: expired, Polls: w.polls}
}
