package activities

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// wait is one attempt of a PollOperation or a PollOperations: a loop over N operations, N = 1 for
// the former. poller.Rules decide what it does after an answer. Its record and its result have the
// form of the activity.
type wait struct {
	*Activities
	attempt  *hold.Attempt
	rules    poller.Rules
	waiter   *poller.Waiter
	heart    *hold.Heart
	measures *waitInstruments
	span     trace.Span
	began    time.Time // the wait's beginning, by the input
	ref      lro.Ref   // the first operation, which stands for all
	form     form
	newest   hold.Newest    // the record
	only     *lro.Operation // the last read of the only operation; nil for a set

	mu      sync.Mutex // guards the fields below, of which the heart makes records
	ops     []operation
	running int // operations that are still to be read
	settled int // operations that have ended, or cannot be read
	stopped bool
	polls   int
	// lastStatus is the status that was recorded last.
	lastStatus string
	lastPoll   time.Time   // when the last read was answered
	lastError  *lro.Status // why the last read that failed did
	next       time.Time   // when the next operation is due, by the process's clock
	notBefore  time.Time   // until when the service asked not to be read
	yielding   bool        // the wait is being handed back, and the server keeps to notBefore
}

// operation is one of a wait's.
type operation struct {
	poller.Knowledge
	sub *poller.Subscription
	end poller.End
	// state is the operation's once its end is poller.Done.
	state lro.State
	// failure is why the operation cannot be read, once its end is poller.Failed. For a set it is
	// also why the operation failed.
	failure *lro.Failure
}

// form is the part of a wait that PollOperation and PollOperations each have of their own.
type form interface {
	// record is the heartbeat; the wait is locked.
	record() any
	// status says in words what the wait does. The wait is locked.
	status() string
	// keep keeps the parts of a read that the result needs. The wait is locked.
	keep(op *operation, a *poller.Answer)
	// canceling says that the wait goes on after a cancel.
	canceling() bool
}

// newWait returns a wait for N operations. subscribe adds those that it is to read.
func (a *Activities) newWait(ctx context.Context, kind string, what attribute.KeyValue, first lro.Ref, n int, detach bool) *wait {
	w := &wait{Activities: a, measures: a.measures(first.Service, kind), ref: first, ops: make([]operation, n)}
	ctx, w.span = w.measures.hold(ctx, what)
	if detach {
		w.attempt = a.holder.Async(ctx)
	}
	if w.attempt == nil {
		w.attempt = a.holder.InSlot(ctx)
	}
	w.newest = func() any {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.form.record()
	}
	return w
}

// rule sets the rules of the wait by the input of its activity.
func (w *wait) rule(in *PollInput) {
	w.began = in.StartTime
	w.rules = poller.NewRules(in.Policy, in.StartTime)
	w.rules.Deadline, w.rules.ReportTime, w.rules.Resumed = in.Deadline, in.ReportTime, in.Resumed
	w.rules.AuthGrace, _ = in.AuthGrace.In("")         // validated
	w.rules.NotFoundGrace, _ = in.NotFoundGrace.In("") // validated
	// A quarter of the attempt's time is left for its end.
	if limit := activity.GetInfo(w.attempt.Context()).StartToCloseTimeout; limit > 0 {
		w.rules.YieldTime = w.ServerTime().Add(limit * 3 / 4)
	}
}

// start begins to beat, and opens the wait's side of the Poller.
func (w *wait) start(form form, options poller.WaiterOptions) {
	w.form = form
	w.heart = w.attempt.StartHeart(w.newest)
	w.waiter = w.poller.NewWaiter(w.attempt.Context(), options)
}

// subscribe adds an operation, whose first read is due as an attempt begins.
func (w *wait) subscribe(index int, ref lro.Ref, b poller.Beginning) {
	op := &w.ops[index]
	w.mu.Lock()
	defer w.mu.Unlock()
	op.sub = w.waiter.Subscribe(ref, index)
	w.running++
	w.apply(op, w.rules.First(&op.Knowledge, b, w.ServerTime(), w.random()))
}

// close ends the attempt with err.
func (w *wait) close(err error) {
	w.waiter.Leave()
	w.heart.Stop()
	w.attempt.End()
	w.measures.release(w.attempt.Context(), w.span, w.polls, w.only, err)
}

// run reads, and between reads sleeps or hands the wait back, until it has ended. A held poll
// sleeps here. Large values are kept off its stack, because a worker has thousands of them.
func (w *wait) run() error {
	w.noteNext()
	if away, ok := w.mayWait(); !ok && !w.ended() {
		return hold.NoRoom(away)
	}
	for !w.ended() {
		if away, stays := w.stays(); !stays {
			return w.handBack(away)
		}
		if !w.takeNext() && !w.ended() {
			return w.interrupted()
		}
	}
	w.endedMeanwhile()
	return nil
}

// takeNext takes the next answers. It returns false once the attempt is to end.
func (w *wait) takeNext() bool {
	answers := w.waiter.Take(w.attempt.Context(), w.until())
	for i := range answers {
		w.take(&answers[i])
	}
	if w.attempt.Context().Err() != nil {
		return false
	}
	if len(answers) == 0 && w.isLate() {
		w.takeLate()
	}
	return true
}

// ended reports whether the wait has its result.
func (w *wait) ended() bool { return w.running == 0 || w.stopped }

// until is the latest time of the attempt's next check, by the process's clock: for a handover, or
// for reads that would outlive the deadline.
func (w *wait) until() time.Time {
	until := w.rules.YieldTime
	if deadline := w.rules.Deadline; !deadline.IsZero() && (until.IsZero() || deadline.Add(poller.LateReadGrace).Before(until)) {
		until = deadline.Add(poller.LateReadGrace)
	}
	if until.IsZero() {
		return until
	}
	return w.skew.local(until)
}

// take takes an answer.
func (w *wait) take(a *poller.Answer) {
	op, random := &w.ops[a.Index], w.random()
	now := w.ServerTime()
	w.mu.Lock()
	defer w.mu.Unlock()
	if op.sub == nil || !op.takes(a) {
		return
	}
	if !a.Due.IsZero() {
		w.measures.recordDelay(w.attempt.Context(), w.clock.Now().Sub(a.Due))
	}
	d := w.rules.Step(&op.Knowledge, a, now, random)
	if !errors.Is(a.Err, poller.ErrDeferred) {
		w.note(a, now)
		w.form.keep(op, a)
	}
	w.apply(op, d)
	a.Op = lro.Operation{} // the parts that are kept are elsewhere
	w.tell(a.Err)
}

// takes reports whether an answer counts. After the last read before the deadline, only an answer
// that says that the operation has ended does.
func (op *operation) takes(a *poller.Answer) bool {
	return op.end == poller.GoesOn || op.end == poller.Expired && a.Err == nil && a.Op.Done
}

// note notes the parts of an answer that are about the wait as a whole.
func (w *wait) note(a *poller.Answer, now time.Time) {
	w.polls++
	w.lastPoll = now.UTC()
	w.measures.countPoll(w.attempt.Context(), a)
	if a.Err != nil {
		w.lastError = brief(a.Err)
		if until := notBefore(a.Err, now); until.After(w.notBefore) {
			w.notBefore = until
		}
		return
	}
	if a.Op.Done {
		w.measures.recordLag(w.attempt.Context(), a.Op, w.began, w.form.canceling(), now)
	}
}

// apply carries out a decision about an operation.
func (w *wait) apply(op *operation, d poller.Decision) {
	if d.End == poller.GoesOn {
		op.sub.ReadAt(w.clock.Now().Add(d.Wait), max(d.Wait, 0), d.Priority())
		return
	}
	op.sub.Leave()
	if op.end == poller.GoesOn {
		w.running--
	}
	if d.End == poller.Done || d.End == poller.Failed {
		w.settled++
	}
	op.end = d.End
	if d.Failure != nil {
		op.failure = d.Failure
	}
}

// tell makes the heart beat with news: soon if the status is new, and at once if another worker is
// to know that the service asked to wait.
func (w *wait) tell(failed error) {
	if status := w.form.status(); status != w.lastStatus {
		w.lastStatus = status
		w.heart.News()
	}
	if lro.RetryAfter(failed) > 0 {
		w.heart.Hurry()
	}
}

// isLate reports whether reads are under way that have outlived the deadline.
func (w *wait) isLate() bool {
	deadline := w.rules.Deadline
	return w.waiter.Reading() && !deadline.IsZero() && !w.ServerTime().Before(deadline.Add(poller.LateReadGrace))
}

// takeLate ends the operations whose last reads were not answered in time.
func (w *wait) takeLate() {
	for i := range w.ops {
		w.take(&poller.Answer{Index: i, Err: poller.ErrLate})
	}
}
