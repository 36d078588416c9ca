package workflows

import (
	"cmp"
	"errors"
	"math"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

const (
	// pollStartToClose bounds one attempt of a poll, and so how long it may be
	// held by one worker.
	pollStartToClose = 20 * time.Minute
	// deadlineSlack is how long after the deadline the server ends a poll that
	// did not end by itself: no worker was there. It is more than the last read
	// may take.
	deadlineSlack = 30 * time.Second
	// readTimeout bounds a read that an update asks for, and how long it waits for a
	// worker; readAttempts bounds how often it is tried.
	readTimeout  = 30 * time.Second
	readAttempts = 3
)

// pollResult is how a PollOperation ended: with an output, with a failure, or
// with neither, which means that it was canceled or ran into its deadline.
type pollResult struct {
	output  activities.PollOutput
	failure *lro.Failure
	renew   bool // whether the wait is to go on in a new run
	stray   bool // whether it says nothing
}

func (r *pollResult) terminal() bool { return r.failure == nil && r.output.Operation.Done }

// pollInput is that of the wait's first poll, until its deadline.
func (w *wait) pollInput(ctx workflow.Context) *activities.PollInput {
	in := &activities.PollInput{StartTime: w.outcome.StartTime, Policy: w.in.Policy, Deadline: w.deadline(), Seen: w.seen, Resumed: w.in.Resume != nil, Supersedes: w.in.Resume != nil}
	in.Policy.InitialInterval = w.initialInterval
	in.ReportTime = w.reportTime(ctx)
	if op := w.in.Operation; op != nil {
		observed := activities.ObservationOf(*op)
		in.Observed = &observed
		in.Resumed = true // whoever started it was let in
	}
	return in
}

// pollUntil runs a PollOperation, and another one where an update asks for it, and
// takes what it found into the outcome.
func (w *wait) pollUntil(ctx workflow.Context, in *activities.PollInput) *pollResult {
	for {
		result := &pollResult{}
		err := get(ctx, w.startPoll(ctx, in), &result.output)
		w.endPoll(ctx, in, result, err)
		if !w.goesOn(ctx, in, result) {
			return result
		}
	}
}

func (w *wait) startPoll(ctx workflow.Context, in *activities.PollInput) workflow.Future {
	ctx = w.steering.interruptible(ctx)
	in.Ref, in.EarlierPolls = w.in.Ref, w.outcome.Polls
	verb := "await"
	if in.Canceling {
		verb = "await the cancel of"
	}
	in.AuthGrace, in.NotFoundGrace = lro.DurationOf(w.in.AuthGrace), lro.DurationOf(w.in.NotFoundGrace)
	return workflow.ExecuteActivity(w.in.pollContext(ctx, in.Deadline, summaryOf(verb, in.Ref)), activities.PollOperationName, in)
}

// endPoll takes what a poll found into the outcome, and says what it failed with.
func (w *wait) endPoll(ctx workflow.Context, in *activities.PollInput, result *pollResult, err error) {
	if timedOut := (*temporal.TimeoutError)(nil); errors.As(err, &timedOut) {
		w.heard(in, result, timedOut)
	}
	if err == nil {
		err = stray(result.output.Validate(*in))
	}
	left := ctx.Err() != nil || w.steering.asked(in.Canceling)
	switch pollEndOf(err, left, isPast(ctx, in.Deadline)) {
	case pollAnswered:
		w.strays = 0
		w.observed(result.output.Operation, result.output.Polls)
	case pollFailed:
		f, _ := lro.AsFailure(err)
		w.observed(f.Operation, f.Polls)
		result.failure = &f
	case pollStray:
		result.output = activities.PollOutput{}
		w.strays++
		result.stray = w.strays < maxStrays
		if !result.stray {
			result.failure = lostPoll(err)
		}
	case pollLost:
		result.failure = lostPoll(err)
	case pollLeft, pollExpired: // without a result
	}
}

// lostPoll is the failure of a poll that ended without a word of the operation.
func lostPoll(err error) *lro.Failure {
	return &lro.Failure{Type: lro.TypePollFailed, PollError: &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
}

// isPast reports whether a deadline has passed, if there is one.
func isPast(ctx workflow.Context, deadline time.Time) bool {
	return !deadline.IsZero() && !workflow.Now(ctx).Before(deadline)
}

// heard takes what the last heartbeat told of a poll that the server ended, since no
// worker was there to.
func (w *wait) heard(in *activities.PollInput, result *pollResult, timedOut *temporal.TimeoutError) {
	var beat activities.Heartbeat
	if timedOut.HasLastHeartbeatDetails() && timedOut.LastHeartbeatDetails(&beat) == nil {
		w.outcome.Polls = lro.AddPolls(w.outcome.Polls, lro.AddPolls(0, beat.Polls)-in.EarlierPolls)
		result.output.LastError = beat.LastError
	}
}

// observed takes over what a poll saw. A poll that saw nothing knows no more
// than the name.
func (w *wait) observed(op lro.Operation, polls int) {
	w.outcome.Polls = lro.AddPolls(w.outcome.Polls, polls)
	if op.Done || len(op.Metadata) > 0 || w.outcome.Operation.Metadata == nil {
		w.outcome.Operation, w.shown = op, true
	}
}

// pollContext has the options of a poll. A wait that is canceled does not wait
// for its activity to agree: the API's cancel would be held up until the next
// heartbeat.
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

// readContext has the options of a read that an update asks for. It ends soon:
// somebody waits for it.
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

// unlimitedRetries retries each second where the error gives no delay, as that
// of a dead worker. MaximumAttempts is not 0, because the SDK's test environment
// takes that for 10.
func unlimitedRetries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:    time.Second,
		BackoffCoefficient: 1,
		MaximumAttempts:    math.MaxInt32,
	}
}

// retriesWithin are unlimitedRetries of an activity that knows its deadline and makes
// the last one final, at the end of the window. Their number bounds attempts that
// end without its code: a worker that does not have the activity, a result that does
// not encode.
func retriesWithin(window time.Duration) *temporal.RetryPolicy {
	policy := unlimitedRetries()
	policy.MaximumAttempts = int32(min(max(window, 0)/policy.InitialInterval+1, math.MaxInt32))
	return policy
}

// pickUp is the ScheduleToStartTimeout of an activity that has to begin within the
// window. The server takes 0 for no timeout.
func pickUp(window time.Duration) time.Duration { return max(window, time.Second) }
