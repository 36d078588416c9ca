package activities

import (
	"cmp"
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// setWait is the form of a PollOperations' wait.
type setWait struct {
	*wait
	in PollSetInput
}

// newSetWait returns the wait of a PollOperations.
func (a *Activities) newSetWait(ctx context.Context, in *PollSetInput, refs []lro.Ref) *setWait {
	var before SetHeartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &before) != nil {
		before = SetHeartbeat{}
	}
	s := &setWait{wait: a.newWait(ctx, kindSet, setSizeKey.Int(len(refs)), refs[0], len(refs), false), in: *in}
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
func (s *setWait) resume(op *operation, before *SetHeartbeat, index int) {
	switch before.Mark(index) {
	case MarkSucceeded:
		op.end, op.state = poller.Done, lro.StateSucceeded
	case MarkRunning, MarkEnded:
		op.Seen, op.BlockedSince = true, before.BlockedSince
	}
}

func (s *setWait) canceling() bool { return s.in.Canceling }

func (s *setWait) keep(op *operation, a *poller.Answer) {
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

func (s *setWait) status() string {
	return fmt.Sprintf("%d of %d ended", s.endedOperations(), len(s.ops))
}

// endedOperations counts the operations that are not left running.
func (s *setWait) endedOperations() (n int) {
	for i := range s.ops {
		if s.ops[i].letter() != SetRunning {
			n++
		}
	}
	return n
}

// letter is the operation's among the SetStates.
func (op *operation) letter() byte {
	switch op.end {
	case poller.Done:
		return LetterOf(op.state)
	case poller.Failed:
		return SetUnknown
	default:
		return SetRunning
	}
}

func (s *setWait) record() any {
	beat := NewSetHeartbeat(len(s.ops))
	beat.Ended, beat.Polls, beat.Status, beat.NotBefore = s.endedOperations(), s.polls, s.status(), s.advice()
	beat.StartTime, beat.Deadline, beat.Canceling = s.in.StartTime.UTC(), s.in.Deadline, s.in.Canceling
	beat.In = s.in.Operations.In(maxBeatName)
	for i := range s.ops {
		s.recordOne(&beat, i)
	}
	if beat.Failing > 0 {
		beat.LastError = s.lastError
	}
	if !s.next.IsZero() {
		beat.NextPoll = s.skew.server(s.next).UTC()
	}
	return beat
}

// recordOne records the state of an operation.
func (s *setWait) recordOne(beat *SetHeartbeat, i int) {
	op := &s.ops[i]
	switch letter := op.letter(); {
	case letter == SetSucceeded:
		beat.Set(i, MarkSucceeded)
		return
	case letter != SetRunning:
		beat.Set(i, MarkEnded)
		return
	case op.Seen:
		beat.Set(i, MarkRunning)
	}
	if since := op.BlockedSince; !since.IsZero() && (beat.BlockedSince.IsZero() || since.Before(beat.BlockedSince)) {
		beat.BlockedSince = since
	}
	if op.Failing {
		beat.Failing++
	}
}

// poll runs the wait to the end of the attempt.
func (s *setWait) poll() (PollSetOutput, error) {
	if err := s.run(); err != nil {
		return PollSetOutput{}, err
	}
	states := make([]byte, len(s.ops))
	var failures []SetFailure
	for i := range s.ops {
		op := &s.ops[i]
		states[i] = op.letter()
		if op.failure != nil {
			failures = append(failures, SetFailure{Index: i, Type: op.failure.Type, Status: cmp.Or(op.failure.Status(), op.failure.PollError)})
		}
	}
	return PollSetOutput{States: SetStates(states), Failures: BoundFailures(failures), Expired: s.expired(), Polls: s.polls}, nil
}
