package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// singleAttempt is an attempt of a PollOperation.
type singleAttempt struct {
	*pollAttempt
	in       PollInput
	last     lro.Operation // as it was last seen
	tooLarge bool          // it succeeded, and its response was dropped
}

// newSingleAttempt begins an attempt of a PollOperation.
func (a *Activities) newSingleAttempt(ctx context.Context, in *PollInput) *singleAttempt {
	before, info := lastHeartbeat(ctx), activity.GetInfo(ctx)
	s := &singleAttempt{
		pollAttempt: a.newPollAttempt(ctx, kindSingle, telemetry.ResourceKey.String(in.Ref.Name), in.Ref, 1, true),
		in:          *in, last: lro.Operation{Name: in.Ref.Name},
	}
	s.only = &s.last
	s.rule(in)
	s.rules.YieldInterval = s.rules.Policy().YieldInterval
	op := &s.ops[0]
	s.resume(op, &before)
	s.start(s, poller.WaiterOptions{Owner: info.WorkflowExecution.ID, Replaced: s.onReplacement, AtServer: true})
	if in.Supersedes {
		s.takeOver(op)
	}
	// A wait that comes back from the server has waited, whatever this worker's clock says.
	s.subscribe(0, in.Ref, poller.Beginning{
		Observed: in.Observed != nil && info.Attempt <= 1, ObservedTime: in.ObservedTime,
		NotBefore: s.notBefore, NextPoll: before.NextPoll,
	})
	return s
}

// resume goes on from the record of the attempt before.
func (s *singleAttempt) resume(op *operation, before *Heartbeat) {
	s.polls = max(before.Polls, s.in.EarlierPolls)
	s.lastPoll, s.lastError, s.notBefore = before.LastPoll, before.LastError, before.NotBefore
	op.Seen, op.BlockedSince = before.Seen || s.in.Seen, before.BlockedSince
	op.Observed.Progress, op.Failing = before.Progress, before.LastError != nil
	if s.in.Observed != nil && !before.Seen {
		op.Observed = *s.in.Observed
	}
}

// takeOver learns what this process knows of the operation by the poll that the attempt replaces:
// whether it was seen, and until when the service asked not to read it.
func (s *singleAttempt) takeOver(op *operation) {
	seen := s.poller.AnnounceReplacement(activity.GetInfo(s.attempt.Context()).WorkflowExecution.ID, s.in.Ref)
	advised := s.poller.AdvisedUntil(s.in.Ref)
	s.mu.Lock()
	defer s.mu.Unlock()
	op.Seen = op.Seen || seen
	if until := s.skew.server(advised).UTC(); !advised.IsZero() && until.After(s.notBefore) {
		s.notBefore = until
	}
}

// onReplacement makes the attempt beat at the next look, because the reply tells it that it was
// canceled. It reports whether it has seen the operation.
func (s *singleAttempt) onReplacement() (seen bool) {
	s.heart.Hurry()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ops[0].Seen
}

func (s *singleAttempt) canceling() bool { return s.in.Canceling }

func (s *singleAttempt) keep(_ *operation, a *poller.Answer) {
	if a.Err != nil {
		return
	}
	bounded, fits := a.Op.Bound()
	s.tooLarge = a.Large || !fits && bounded.State() == lro.StateSucceeded
	s.last = bounded
}

func (s *singleAttempt) status() string {
	op := &s.ops[0]
	switch {
	case op.Failing && s.lastError != nil:
		return s.lastError.Code.String()
	case op.Seen, s.in.Observed != nil:
		return polls.Running(op.Observed.Progress)
	default:
		return ""
	}
}

func (s *singleAttempt) record() any {
	op := &s.ops[0]
	var beat Heartbeat
	beat.describes(&s.in)
	beat.Polls, beat.Seen, beat.BlockedSince = s.polls, op.Seen, op.BlockedSince
	beat.Progress, beat.Status = op.Observed.Progress, s.status()
	if op.Failing {
		beat.LastError = s.lastError
	}
	beat.LastPoll, beat.NotBefore = s.lastPoll, s.advice()
	if !s.next.IsZero() {
		beat.NextPoll = s.skew.server(s.next).UTC()
	}
	return beat
}

// poll runs the wait to the end of the attempt.
func (s *singleAttempt) poll() (PollOutput, error) {
	if err := s.run(); err != nil {
		return PollOutput{}, err
	}
	op, reads := &s.ops[0], s.polls-s.in.EarlierPolls
	if op.end == poller.Failed {
		failure := *op.failure
		failure.Ref, failure.Operation, failure.Polls = s.in.Ref, s.last, reads
		return PollOutput{}, NewError(failure)
	}
	out := PollOutput{
		Operation: s.last, ResponseTooLarge: s.tooLarge, Expired: op.end == poller.Expired,
		Polls: reads, Seen: op.Seen, StartTime: s.in.StartTime, Policy: s.in.Policy,
	}
	if out.Expired && op.Failing {
		out.LastError = s.lastError
	}
	return out, nil
}
