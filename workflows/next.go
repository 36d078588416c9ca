package workflows

// action is what a wait does next.
type action int

const (
	// doPoll polls for the first time, or for the first time after a cancel.
	doPoll action = iota
	// doPollChanged polls at once, by the policy and the deadline that an update has set.
	doPollChanged
	// doPollAfterStray polls at once, because the last poll returned no state.
	doPollAfterStray
	// doPollAfterReport polls on after a progress report.
	doPollAfterReport
	// doCancel sends a cancel, because the workflow or an update cancels the wait.
	doCancel
	// doCancelLate sends a cancel, because the deadline has come.
	doCancelLate
	// doCancelRest sends cancels to the rest of a set, because one operation has failed.
	doCancelRest

	// The other actions end the wait.

	// doRenew continues the workflow as new.
	doRenew
	// doFinish ends the wait as the operation has ended.
	doFinish
	// doFail ends the wait with the failure of the last poll.
	doFail
	// doExpire ends the wait with AwaitTimeout.
	doExpire
	// doAbandon ends the wait without a cancel, and leaves the operation running.
	doAbandon
	// doGiveUp ends the wait after a cancel whose end is not known.
	doGiveUp
)

// requests are the requests of updates to a wait.
type requests struct {
	restart         bool // poll afresh: the policy or the deadline has changed
	cancelRequested bool
	abandon         bool
}

// situation holds all that decides what a wait does next. A cancel has three steps: an update requests
// it or the context is done, then it is sent, then the operation ends or the grace does.
type situation struct {
	poll       pollEnd // how the last poll ended; pollNone before the first, and again after a cancel
	done       bool    // the operation is terminal
	cancelSent bool    // a cancel has been sent
	late       bool    // the deadline was the reason of the cancel
	ctxDone    bool    // the context is canceled: by the caller or, while canceling, because the time is up
	requests
	historyFull bool // Temporal suggests to continue as new, and the workflow can

	abandonOnCancel  bool // the CancelPolicy
	cancelOnDeadline bool // the DeadlinePolicy
}

// next is the one decision of a wait that has sent no cancel. Its order:
//
//  1. the operation has ended,
//  2. an update or the context abandons the wait,
//  3. an update, the context or both cancel it,
//  4. the last poll failed,
//  5. there was no poll yet,
//  6. an update changed the policy or the deadline, or the last poll left the wait open,
//  7. the deadline has come.
//
// After a cancel, nextCanceling decides.
func (s situation) next() action {
	if s.cancelSent {
		return s.nextCanceling()
	}
	switch {
	case s.done:
		return doFinish
	case s.abandon, s.ctxDone && s.abandonOnCancel && !s.cancelRequested:
		return doAbandon
	case s.cancelRequested, s.ctxDone:
		return doCancel
	case s.poll.failed():
		return doFail
	case s.poll == pollNone:
		return doPoll
	case s.goesOn():
		return s.nextPoll()
	case s.cancelOnDeadline:
		return doCancelLate
	default:
		return doExpire
	}
}

// goesOn reports whether another poll follows one that has not ended the wait. If it
// does not, the deadline has come.
func (s situation) goesOn() bool {
	return s.restart || s.poll == pollStray || s.poll == pollReported
}

// nextPoll is the poll that follows another one before a cancel, or the new run in which
// it does.
func (s situation) nextPoll() action {
	switch {
	case s.historyFull:
		return doRenew
	case s.restart:
		return doPollChanged
	case s.poll == pollStray:
		return doPollAfterStray
	default:
		return doPollAfterReport
	}
}

// nextCanceling decides after a cancel was sent. If the deadline was its reason, the wait ends with a
// timeout, however the operation ends.
func (s situation) nextCanceling() action {
	stops := s.abandon || s.ctxDone // the caller does not wait for the cancel's end
	switch {
	case s.done && !s.late:
		return doFinish
	case s.poll.failed() && !s.late:
		return doFail
	case s.done, s.poll.failed(), stops:
		return s.endWithoutResult()
	case s.poll == pollNone:
		return doPoll
	case s.poll == pollStray:
		return doPollAfterStray
	case s.poll == pollReported:
		return doPollAfterReport
	default: // the grace is over
		return s.endWithoutResult()
	}
}

func (s situation) endWithoutResult() action {
	if s.late {
		return doExpire
	}
	return doGiveUp
}
