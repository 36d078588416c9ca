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

// pollAttempt is one attempt of a PollOperation or a PollOperations: a loop over N operations, N = 1
// for the former. poller.Rules decide after each answer. form makes the record and the result of the
// activity. One goroutine runs it. Hearts make records from others.
type pollAttempt struct {
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
	only     *lro.Operation // the last read of the only operation; nil for a set

	// mu guards the fields below, because a heart's goroutine makes records of them. The attempt's
	// goroutine alone writes them, with mu locked, and so reads them without.
	mu      sync.Mutex
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
	yielding   bool        // the attempt is about to yield, and the server keeps to notBefore
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
	// lastError is why the operation's last read failed, nil if it did not.
	lastError *lro.Status
}

// form is the part of an attempt that PollOperation and PollOperations each have of their own.
type form interface {
	// record makes the heartbeat's record. The attempt is locked.
	record() any
	// status says in words what the wait does. The attempt is locked.
	status() string
	// keep keeps the parts of a read that the result needs. The attempt is locked.
	keep(op *operation, a *poller.Answer)
	// canceling says that the wait goes on after a cancel.
	canceling() bool
}

// newPollAttempt returns an attempt at a wait for n operations. subscribe adds those that it is to
// read.
func (a *Activities) newPollAttempt(ctx context.Context, kind string, what attribute.KeyValue, first lro.Ref, n int, detach bool) *pollAttempt {
	t := &pollAttempt{Activities: a, measures: a.measures(first.Service, kind), ref: first, ops: make([]operation, n)}
	ctx, t.span = t.measures.hold(ctx, what)
	if detach {
		t.attempt = a.holder.Async(ctx)
	}
	if t.attempt == nil {
		t.attempt = a.holder.InSlot(ctx)
	}
	return t
}

// makeRecord makes the newest record. Any goroutine may call it.
func (t *pollAttempt) makeRecord() any {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.form.record()
}

// rule sets the rules of the wait by the input of its activity.
func (t *pollAttempt) rule(in *PollInput) {
	t.began = in.StartTime
	t.rules = poller.NewRules(in.Policy, in.StartTime)
	t.rules.Deadline, t.rules.ReportTime, t.rules.Resumed = in.Deadline, in.ReportTime, in.Resumed
	t.rules.AuthGrace, _ = in.AuthGrace.In("")         // validated
	t.rules.NotFoundGrace, _ = in.NotFoundGrace.In("") // validated
	// The other 25% of the attempt's time are for its end.
	if limit := activity.GetInfo(t.attempt.Context()).StartToCloseTimeout; limit > 0 {
		t.rules.YieldTime = t.ServerTime().Add(limit * 3 / 4)
	}
}

// start begins to beat, and makes the attempt's Waiter. subscribe then adds operations to it.
func (t *pollAttempt) start(form form, options poller.WaiterOptions) {
	t.form = form
	t.heart = t.attempt.StartHeart(hold.MakeRecord(t.makeRecord))
	t.waiter = t.poller.NewWaiter(t.attempt.Context(), options)
}

// subscribe adds an operation, and decides when its first read is due.
func (t *pollAttempt) subscribe(index int, ref lro.Ref, b poller.Beginning) {
	op := &t.ops[index]
	t.mu.Lock()
	defer t.mu.Unlock()
	op.sub = t.waiter.Subscribe(ref, index)
	t.running++
	t.apply(op, t.rules.First(&op.Knowledge, b, t.ServerTime(), t.random()))
}

// close ends the attempt with err.
func (t *pollAttempt) close(err error) {
	t.waiter.Leave()
	t.heart.Stop()
	t.attempt.End()
	t.measures.release(t.attempt.Context(), t.span, t.polls, t.only, err)
}

// run loops: it reads, and between reads it sleeps, until the wait has ended or has to yield. A held
// poll sleeps here. A worker has thousands of them, so large values are kept off run's stack.
func (t *pollAttempt) run() error {
	t.noteNext()
	if away, ok := t.tryWait(); !ok && !t.ended() {
		return hold.NoRoom(away)
	}
	for !t.ended() {
		if away, stays := t.tryStay(); !stays {
			return t.yield(away)
		}
		if !t.takeNext() && !t.ended() {
			return t.interrupted()
		}
	}
	t.takeLast()
	return nil
}

// takeNext takes the next answers. It returns false once the attempt is to end.
func (t *pollAttempt) takeNext() bool {
	answers := t.waiter.Take(t.attempt.Context(), t.until())
	for i := range answers {
		t.take(&answers[i])
	}
	if t.attempt.Context().Err() != nil {
		return false
	}
	if len(answers) == 0 && t.isLate() {
		t.takeLate()
	}
	return true
}

// ended reports whether the wait has its result.
func (t *pollAttempt) ended() bool { return t.running == 0 || t.stopped }

// until is when the attempt has to check again, by the process's clock: at its YieldTime, or when the
// grace of reads that outlive the deadline ends. It is zero for never.
func (t *pollAttempt) until() time.Time {
	until := t.rules.YieldTime
	if deadline := t.rules.Deadline; !deadline.IsZero() && (until.IsZero() || deadline.Add(poller.LateReadGrace).Before(until)) {
		until = deadline.Add(poller.LateReadGrace)
	}
	if until.IsZero() {
		return until
	}
	return t.skew.local(until)
}

// take takes an answer.
func (t *pollAttempt) take(a *poller.Answer) {
	op, random := &t.ops[a.Index], t.random()
	now := t.ServerTime()
	t.mu.Lock()
	defer t.mu.Unlock()
	if op.sub == nil || !op.takes(a) {
		return
	}
	if !a.Due.IsZero() {
		t.measures.recordDelay(t.attempt.Context(), t.clock.Now().Sub(a.Due))
	}
	d := t.rules.Step(&op.Knowledge, a, now, random)
	if !errors.Is(a.Err, poller.ErrDeferred) {
		t.note(a, now)
		if op.lastError = nil; a.Err != nil {
			op.lastError = t.lastError
		}
		t.form.keep(op, a)
	}
	t.apply(op, d)
	a.Op = lro.Operation{} // the parts that are kept are elsewhere
	t.tell(a.Err)
}

// takes reports whether an answer counts. After the last read before the deadline, only an answer
// that says that the operation has ended does.
func (op *operation) takes(a *poller.Answer) bool {
	return op.end == poller.GoesOn || op.end == poller.Expired && a.Err == nil && a.Op.Done
}

// note notes the parts of an answer that are about the wait as a whole.
func (t *pollAttempt) note(a *poller.Answer, now time.Time) {
	t.polls++
	t.lastPoll = now.UTC()
	t.measures.countPoll(t.attempt.Context(), a)
	if a.Err != nil {
		if status := brief(a.Err); !sameStatus(t.lastError, status) { // the operations of a set share one
			t.lastError = status
		}
		if until := notBefore(a.Err, now); until.After(t.notBefore) {
			t.notBefore = until
		}
		return
	}
	if a.Op.Done {
		t.measures.recordLag(t.attempt.Context(), a.Op, t.began, t.form.canceling(), now)
	}
}

// apply carries out a decision about an operation.
func (t *pollAttempt) apply(op *operation, d poller.Decision) {
	if d.End == poller.GoesOn {
		op.sub.ReadAt(t.clock.Now().Add(d.Wait), max(d.Wait, 0), d.Priority())
		return
	}
	op.sub.Leave()
	if op.end == poller.GoesOn {
		t.running--
	}
	if d.End == poller.Done || d.End == poller.Failed {
		t.settled++
	}
	op.end = d.End
	if d.Failure != nil {
		op.failure = d.Failure
	}
}

// tell makes the heart beat with news: soon if the status is new, and at once if another worker is
// to know that the service asked to wait.
func (t *pollAttempt) tell(failed error) {
	if status := t.form.status(); status != t.lastStatus {
		t.lastStatus = status
		t.heart.News()
	}
	if lro.RetryAfter(failed) > 0 {
		t.heart.Hurry()
	}
}

// isLate reports whether reads are under way that have outlived the deadline.
func (t *pollAttempt) isLate() bool {
	deadline := t.rules.Deadline
	return t.waiter.Reading() && !deadline.IsZero() && !t.ServerTime().Before(deadline.Add(poller.LateReadGrace))
}

// takeLate ends the operations whose last reads were not answered in time.
func (t *pollAttempt) takeLate() {
	for i := range t.ops {
		t.take(&poller.Answer{Index: i, Err: poller.ErrLate})
	}
}
