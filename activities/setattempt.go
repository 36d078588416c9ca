package activities

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// setAttempt is an attempt of a PollOperations.
type setAttempt struct {
	*pollAttempt
	in   sets.PollInput
	refs []lro.Ref
}

// newSetAttempt begins an attempt of a PollOperations.
func (a *Activities) newSetAttempt(ctx context.Context, in *sets.PollInput, refs []lro.Ref) *setAttempt {
	var before sets.PollHeartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &before) != nil {
		before = sets.PollHeartbeat{}
	}
	s := &setAttempt{pollAttempt: a.newPollAttempt(ctx, kindSet, setSizeKey.Int(len(refs)), refs[0], len(refs), false), in: *in, refs: refs}
	all := singleInput(*in, refs[0])
	s.rule(&all)
	s.polls, s.notBefore = before.Polls, before.NotBefore
	for i := range s.ops {
		s.resume(&s.ops[i], &before, i)
	}
	s.start(s, poller.WaiterOptions{})
	for i := range s.ops {
		if s.ops[i].end == poller.GoesOn {
			s.subscribe(i, refs[i], poller.Beginning{NotBefore: before.NotBefore})
		}
	}
	return s
}

// resume goes on from the record of the attempt before. The record does not say how an operation
// ended that did not succeed, so that is read again.
func (s *setAttempt) resume(op *operation, before *sets.PollHeartbeat, index int) {
	switch before.Mark(index) {
	case sets.MarkSucceeded:
		op.end, op.state = poller.Done, lro.StateSucceeded
		s.settled++
	case sets.MarkSeen:
		op.Seen = true
	case sets.MarkRefused:
		op.Seen, op.BlockedSince = !before.RefusedUnseen, before.BlockedSince
	}
}

func (s *setAttempt) canceling() bool { return s.in.Canceling }

func (s *setAttempt) keep(op *operation, a *poller.Answer) {
	op.Observed.Progress.FollowUp = "" // nothing reads it, and there are many
	if a.Err != nil || !a.Op.Done {
		return
	}
	op.state = a.Op.State()
	if op.state != lro.StateSucceeded {
		op.failure = &lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{Operation: lro.Operation{Error: a.Op.Error}}}
		s.stopped = s.stopped || s.in.StopOnFailure
	}
}

func (s *setAttempt) status() string {
	return fmt.Sprintf("%d of %d ended", s.settled, len(s.ops))
}

// letter is the operation's among the SetStates.
func (op *operation) letter() byte {
	switch op.end {
	case poller.Done:
		return sets.LetterOf(op.state)
	case poller.Failed:
		return sets.Unread
	default:
		return sets.Running
	}
}

// refused reports whether the last read of a running operation was refused with 401 or 403.
func (op *operation) refused() bool { return op.letter() == sets.Running && !op.BlockedSince.IsZero() }

// refusedSeen reports whether an operation is refused that an earlier read has shown.
func refusedSeen(op operation) bool { return op.Seen && op.refused() }

func (s *setAttempt) record() any {
	beat := sets.NewPollHeartbeat(len(s.ops))
	beat.Ended, beat.Polls, beat.Status, beat.NotBefore = s.settled, s.polls, s.status(), s.advice()
	beat.StartTime, beat.Deadline, beat.Canceling = s.in.StartTime.UTC(), s.in.Deadline, s.in.Canceling
	beat.In = s.in.Operations.In(maxBeatName)
	for i := range s.ops {
		s.recordOne(&beat, i)
	}
	beat.RefusedUnseen = !beat.BlockedSince.IsZero() && !slices.ContainsFunc(s.ops, refusedSeen)
	if beat.Failing > 0 {
		beat.LastError = s.lastError
	}
	if !s.next.IsZero() {
		beat.NextPoll = s.skew.server(s.next).UTC()
	}
	s.showMembers(&beat)
	return beat
}

// recordOne records what is known of an operation. An operation that ended without success counts
// as seen if it was: the next attempt reads it again.
func (s *setAttempt) recordOne(beat *sets.PollHeartbeat, i int) {
	op := &s.ops[i]
	refused := op.refused()
	switch {
	case op.letter() == sets.Succeeded:
		beat.Set(i, sets.MarkSucceeded)
	case refused:
		beat.Set(i, sets.MarkRefused)
	case op.Seen:
		beat.Set(i, sets.MarkSeen)
	}
	if refused && op.BlockedSince.After(beat.BlockedSince) {
		beat.BlockedSince = op.BlockedSince
	}
	if op.Failing && op.letter() == sets.Running {
		beat.Failing++
	}
}

// poll runs the wait to the end of the attempt.
func (s *setAttempt) poll() (sets.PollOutput, error) {
	if err := s.run(); err != nil {
		return sets.PollOutput{}, err
	}
	states := make([]byte, len(s.ops))
	var failures []sets.Failure
	for i := range s.ops {
		op := &s.ops[i]
		states[i] = op.letter()
		if op.failure != nil {
			failures = append(failures, sets.Failure{Index: i, Type: op.failure.Type, Status: cmp.Or(op.failure.Status(), op.failure.PollError)})
		}
	}
	return sets.PollOutput{States: sets.States(states), Failures: sets.BoundFailures(failures), Expired: s.expired(), Polls: s.polls}, nil
}
