package workflows

import (
	"cmp"
	"errors"
	"math"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

const (
	// pollStartToClose bounds one attempt of a poll, and so how long one worker may
	// hold it.
	pollStartToClose = 20 * time.Minute
	// deadlineSlack is how long after the deadline the server ends a poll for which no
	// worker was there. It is more than the last read may take.
	deadlineSlack = 30 * time.Second
	// readTimeout bounds a read that an update asks for, and how long it waits for a
	// worker. readAttempts bounds how often it is tried.
	readTimeout  = 30 * time.Second
	readAttempts = 3
)

// polled is how the last poll ended.
type polled struct {
	end     pollEnd
	failure *lro.Failure // of a poll that failed or was lost
	seen    bool         // the poll's result says that the service has returned the operation
	dropped bool         // the operation's response was dropped, because it does not fit a payload
}

// prepare sets the input of the next poll.
func (w *wait) prepare(ctx workflow.Context, next action) {
	switch {
	case next == doPoll && w.phase == PhaseCanceling:
		w.poll = w.cancelPoll(ctx)
	case next == doPoll:
		w.poll = w.firstPoll(ctx)
	case next == doPollChanged:
		w.poll = w.firstPoll(ctx)
		w.supersedeLast()
	case next == doPollAfterStray:
		w.supersedeLast()
	case next == doPollAfterReport:
		w.report(ctx)
	}
	w.poll.EarlierPolls = w.outcome.Polls
}

// firstPoll is the input of a poll until the wait's deadline. It takes account of what
// updates have changed.
func (w *wait) firstPoll(ctx workflow.Context) *activities.PollInput {
	in := w.pollInput(ctx)
	in.StartTime, in.Deadline, in.ReportTime = w.outcome.StartTime, w.deadline(), w.reportTime(ctx)
	in.Policy.InitialInterval = w.initialInterval
	in.Seen, in.Resumed, in.Supersedes = w.seen, w.in.Resume != nil, w.in.Resume != nil
	if op := w.in.Operation; op != nil {
		observed := poller.ObservationOf(*op)
		in.Observed = &observed
		in.Resumed = true // the service has let the caller start it
	}
	if w.steering != nil {
		w.steering.restart = false
	}
	return in
}

// cancelPoll is the input of the poll that follows a cancel, with the schedule started
// afresh.
func (w *wait) cancelPoll(ctx workflow.Context) *activities.PollInput {
	in := w.pollInput(ctx)
	in.StartTime, in.Deadline = workflow.Now(ctx).UTC(), w.graceEnd(ctx)
	in.Policy.IgnoreProgress = true // progress tells when the operation would have ended
	in.Seen = w.seen || w.cancel.result == cancels.Delivered
	in.Canceling, in.Resumed, in.Supersedes = true, true, true
	return in
}

// pollInput is what the inputs of all polls have in common.
func (w *wait) pollInput(ctx workflow.Context) *activities.PollInput {
	return &activities.PollInput{
		Ref: w.in.Ref, Step: w.in.step, Policy: w.in.Policy, Undo: undoRecord(ctx),
		AuthGrace: lro.DurationOf(w.in.AuthGrace), NotFoundGrace: lro.DurationOf(w.in.NotFoundGrace),
	}
}

// supersedeLast makes the next poll supersede the last one: it goes on with the wait, and begins with
// a read.
func (w *wait) supersedeLast() { w.poll.Observed, w.poll.Supersedes, w.poll.Resumed = nil, true, true }

// pollOnce runs a PollOperation, and takes what it found into the outcome.
func (w *wait) pollOnce(ctx workflow.Context) {
	ctx = w.steering.interruptible(ctx)
	out := &activities.PollOutput{}
	err := get(ctx, w.startPoll(ctx), out)
	w.take(ctx, out, err)
}

// startPoll schedules the poll. Its frame is kept off the stack that blocks.
//
//go:noinline
func (w *wait) startPoll(ctx workflow.Context) workflow.Future {
	verb := "await"
	if w.poll.Canceling {
		verb = "await the cancel of"
	}
	ctx = w.in.pollContext(ctx, w.poll.Deadline, w.in.summary(verb))
	return workflow.ExecuteActivity(ctx, activities.PollOperationName, w.poll)
}

// take takes what a poll found into the outcome, and notes how the poll ended. ctx is
// the poll's. Its frame is kept off the stack that blocks.
//
//go:noinline
func (w *wait) take(ctx workflow.Context, out *activities.PollOutput, err error) {
	if err = ofUnlimited(err); err == nil {
		err = stray(out.Validate(*w.poll))
	}
	w.last = polled{end: w.pollEnd(ctx, err)}
	switch w.last.end {
	case pollAnswered:
		w.takeAnswer(out)
	case pollFailed:
		f, _ := lro.AsFailure(err)
		w.observed(f.Operation, f.Polls)
		w.last.failure = &f
	case pollExpired:
		w.takeHeartbeat(err)
	case pollLost:
		w.last.failure = lostPoll(err)
	case pollNone, pollReported, pollLeft, pollStray: // no state was returned
	}
}

// pollEnd tells how the poll ended. After maxStrays strays in a row it is lost.
func (w *wait) pollEnd(ctx workflow.Context, err error) pollEnd {
	end := pollEndOf(err, ctx.Err() != nil, isPast(ctx, w.poll.Deadline))
	switch end {
	case pollStray:
		if w.strays++; w.strays >= maxStrays {
			return pollLost
		}
	case pollAnswered:
		w.strays = 0
	}
	return end
}

// takeAnswer takes the state that a poll returned. A running operation is a progress
// report, unless the deadline has come.
func (w *wait) takeAnswer(out *activities.PollOutput) {
	w.observed(out.Operation, out.Polls)
	w.last.seen, w.last.dropped = out.Seen, out.ResponseTooLarge
	switch {
	case out.Operation.Done:
	case out.Seen && !out.Expired:
		w.last.end = pollReported
	default:
		w.last.end = pollExpired
		w.noteLastError(out.LastError)
	}
}

// lostPoll is the failure of a poll that returned no state of the operation.
func lostPoll(err error) *lro.Failure {
	return &lro.Failure{Type: lro.TypePollFailed, PollError: &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
}

// isPast reports whether a deadline has passed. A zero deadline never does.
func isPast(ctx workflow.Context, deadline time.Time) bool {
	return !deadline.IsZero() && !workflow.Now(ctx).Before(deadline)
}

// takeHeartbeat takes the record of the last heartbeat of a poll. The server has ended the
// poll, because no worker was there to do it.
func (w *wait) takeHeartbeat(err error) {
	var timedOut *temporal.TimeoutError
	var beat activities.Heartbeat
	if errors.As(err, &timedOut) && timedOut.HasLastHeartbeatDetails() && timedOut.LastHeartbeatDetails(&beat) == nil {
		w.outcome.Polls = polls.Add(w.outcome.Polls, polls.Add(0, beat.Polls)-w.poll.EarlierPolls)
		w.noteLastError(beat.LastError)
	}
}

// noteLastError notes why the last read before the deadline failed. After a cancel it
// is not of interest.
func (w *wait) noteLastError(status *lro.Status) {
	if w.phase == PhaseAwaiting {
		w.lastError = status
	}
}

// observed takes a state that was read, with the number of reads it took. A terminal
// state stays. A poll that has read nothing knows only the name: metadata that is known
// stays then.
func (w *wait) observed(op lro.Operation, more int) {
	w.outcome.Polls = polls.Add(w.outcome.Polls, more)
	known := w.outcome.Operation
	if op.Done || !known.Done && (len(op.Metadata) > 0 || known.Metadata == nil) {
		w.outcome.Operation, w.read = op, true
	}
}

// pollContext has the options of a poll. WaitForCancellation is false, because the
// operation's cancel would otherwise be sent only after the poll's next heartbeat.
func (o AwaitOptions) pollContext(ctx workflow.Context, deadline time.Time, summary string) workflow.Context {
	options := workflow.ActivityOptions{
		TaskQueue:           cmp.Or(o.TaskQueue, workflow.GetInfo(ctx).TaskQueueName),
		StartToCloseTimeout: pollStartToClose,
		HeartbeatTimeout:    o.HeartbeatTimeout,
		WaitForCancellation: false,
		RetryPolicy:         unlimitedRetries(),
		Summary:             summary,
	}
	if !deadline.IsZero() {
		options.ScheduleToCloseTimeout = max(deadline.Sub(workflow.Now(ctx)), 0) + deadlineSlack
	}
	return workflow.WithActivityOptions(ctx, options)
}

// readContext has the options of a read that an update asks for. Its bounds are short,
// because the update's caller waits for it.
func (w *wait) readContext(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              cmp.Or(w.in.TaskQueue, workflow.GetInfo(ctx).TaskQueueName),
		StartToCloseTimeout:    readTimeout,
		ScheduleToStartTimeout: readTimeout,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1, MaximumAttempts: readAttempts},
		Summary:                summaryOf("read", w.in.Ref),
		Priority:               temporal.Priority{PriorityKey: controlPriority},
	})
}

// unlimitedRetries retries after a second where the error gives no delay, such as a
// worker's death. Its limit is 0, which the Web UI shows as none. The SDK's test environment
// takes that for 10: testsuite.NewEnv has a limit that no test reaches, and a lastAttempt
// says so elsewhere.
func unlimitedRetries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1}
}

// retriesWithin are the retries of an activity that knows its deadline, the end of the
// window, and ends by itself then. Their number bounds attempts that end without the
// activity's code: a worker that does not have the activity, a result that does not
// encode.
func retriesWithin(window time.Duration) *temporal.RetryPolicy {
	policy := unlimitedRetries()
	policy.MaximumAttempts = int32(min(max(window, 0)/policy.InitialInterval+1, math.MaxInt32))
	return policy
}

// pickUp is the ScheduleToStartTimeout of an activity that has to begin within the
// window. It is never 0, which the server takes for no timeout.
func pickUp(window time.Duration) time.Duration { return max(window, time.Second) }
