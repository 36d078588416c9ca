package workflows

// action is what a wait does next.
type action int

const (
	// doPoll polls for the first time, or for the first time after a cancel.
	doPoll action = iota
	// doPollAfresh polls at once, by the policy and the deadline that an update has set.
	doPollAfresh
	// doPollAgain polls at once, because the last poll returned no state.
	doPollAgain
	// doPollOn polls on after a progress report.
	doPollOn
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

// requests are what updates have asked of a wait.
type requests struct {
	restart bool // poll afresh: the policy or the deadline has changed
	cancel  bool
	abandon bool
}

// situation is all that decides what a wait does next.
type situation struct {
	poll      pollEnd // how the last poll ended; pollNone before the first, and again after a cancel
	done      bool    // the operation is terminal
	canceling bool    // a cancel has been sent
	late      bool    // the deadline was the reason of the cancel
	canceled  bool    // the context is canceled: by the caller or, while canceling, because the time is up
	requests
	historyFull bool // Temporal suggests to continue as new, and the workflow can

	abandonOnCancel  bool // the CancelPolicy
	cancelOnDeadline bool // the DeadlinePolicy
}

// next is the one decision of a wait. A known end of the operation comes first, then a
// cancel, then a failure, then updates, then the deadline.
func (s situation) next() action {
	if s.canceling {
		return s.nextCanceling()
	}
	switch {
	case s.done:
		return doFinish
	case s.abandon, s.canceled && s.abandonOnCancel && !s.cancel:
		return doAbandon
	case s.cancel, s.canceled:
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
		return doPollAfresh
	case s.poll == pollStray:
		return doPollAgain
	default:
		return doPollOn
	}
}

// nextCanceling is what follows a cancel. A deadline ends in a timeout, whatever became
// of its cancel.
func (s situation) nextCanceling() action {
	stops := s.abandon || s.canceled // nothing is awaited any longer
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
		return doPollAgain
	case s.poll == pollReported:
		return doPollOn
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
