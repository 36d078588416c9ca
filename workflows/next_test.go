package workflows

import "testing"

// What a wait does next: the one table of it.
func TestNext(t *testing.T) {
	t.Parallel()
	cancel, abandon, restart := requests{cancelRequested: true}, requests{abandon: true}, requests{restart: true}
	rows := []struct {
		reason string
		in     situation
		want   action
	}{
		// Before the first poll.
		{"a new wait polls", situation{}, doPoll},
		{"an operation passed in done needs no poll", situation{done: true}, doFinish},
		{"an end that is known outranks a cancel", situation{done: true, ctxDone: true}, doFinish},
		{"canceled before it began", situation{ctxDone: true}, doCancel},
		{"canceled before it began, by policy without a cancel", situation{ctxDone: true, abandonOnCancel: true}, doAbandon},
		{"an update with the first workflow task cancels", situation{requests: cancel}, doCancel},
		{"an update with the first workflow task abandons", situation{requests: abandon}, doAbandon},
		{"an update with the first workflow task sets the deadline: the first poll has it", situation{requests: restart}, doPoll},
		{"one poll is made before a new run", situation{historyFull: true}, doPoll},

		// After a poll.
		{"the operation has ended", situation{poll: pollAnswered, done: true}, doFinish},
		{"the end came together with a cancel", situation{poll: pollAnswered, done: true, ctxDone: true, requests: cancel}, doFinish},
		{"a poll now has seen the end, and the poll failed meanwhile", situation{poll: pollFailed, done: true}, doFinish},
		{"the deadline came with the end", situation{poll: pollAnswered, done: true, cancelOnDeadline: true}, doFinish},
		{"canceled", situation{poll: pollLeft, ctxDone: true}, doCancel},
		{"canceled, by policy without a cancel", situation{poll: pollLeft, ctxDone: true, abandonOnCancel: true}, doAbandon},
		{"the cancel update does not follow the policy", situation{poll: pollLeft, requests: cancel, abandonOnCancel: true}, doCancel},
		{"nor if the workflow is canceled as well", situation{poll: pollLeft, requests: cancel, ctxDone: true, abandonOnCancel: true}, doCancel},
		{"abandoned", situation{poll: pollLeft, requests: abandon}, doAbandon},
		{"abandoned and canceled: nothing is sent", situation{poll: pollLeft, requests: requests{abandon: true, cancelRequested: true}, ctxDone: true}, doAbandon},
		{"a cancel outranks a failure", situation{poll: pollFailed, ctxDone: true}, doCancel},
		{"a cancel outranks the deadline", situation{poll: pollExpired, requests: cancel}, doCancel},
		{"the poll failed", situation{poll: pollFailed}, doFail},
		{"the poll told nothing", situation{poll: pollLost}, doFail},
		{"a failure outranks a new policy", situation{poll: pollFailed, requests: restart}, doFail},
		{"a failure outranks a new run", situation{poll: pollFailed, historyFull: true}, doFail},
		{"the policy or the deadline has changed", situation{poll: pollLeft, requests: restart}, doPollChanged},
		{"the deadline was moved as it came", situation{poll: pollExpired, requests: restart, cancelOnDeadline: true}, doPollChanged},
		{"a report", situation{poll: pollReported}, doPollAfterReport},
		{"a report, as the policy changed", situation{poll: pollReported, requests: restart}, doPollChanged},
		{"completed by hand with another's result", situation{poll: pollStray}, doPollAfterStray},
		{"the history is long, and the poll was ended for that", situation{poll: pollLeft, requests: restart, historyFull: true}, doRenew},
		{"the history is long at a report", situation{poll: pollReported, historyFull: true}, doRenew},
		{"the history is long after a stray", situation{poll: pollStray, historyFull: true}, doRenew},
		{"the deadline: left running", situation{poll: pollExpired}, doExpire},
		{"the deadline: canceled", situation{poll: pollExpired, cancelOnDeadline: true}, doCancelLate},
		{"the deadline outranks a new run", situation{poll: pollExpired, historyFull: true}, doExpire},

		// After a cancel.
		{"it is polled until its end", situation{cancelSent: true}, doPoll},
		{"a poll now has seen the end while the cancel was sent", situation{cancelSent: true, done: true}, doFinish},
		{"abandoned while the cancel was sent", situation{cancelSent: true, requests: abandon}, doGiveUp},
		{"the time was up while the cancel was sent", situation{cancelSent: true, ctxDone: true}, doGiveUp},
		{"the update that canceled it does not end it", situation{cancelSent: true, requests: cancel}, doPoll},
		{"it has ended, one way or another", situation{cancelSent: true, poll: pollAnswered, done: true}, doFinish},
		{"it cannot be read", situation{cancelSent: true, poll: pollFailed}, doFail},
		{"a failure outranks that the time is up", situation{cancelSent: true, poll: pollLost, ctxDone: true}, doFail},
		{"the grace is over", situation{cancelSent: true, poll: pollExpired}, doGiveUp},
		{"the grace is over: the deadline's policy does not count", situation{cancelSent: true, poll: pollExpired, cancelOnDeadline: true}, doGiveUp},
		{"the time is up", situation{cancelSent: true, poll: pollLeft, ctxDone: true}, doGiveUp},
		{"abandoned", situation{cancelSent: true, poll: pollLeft, requests: abandon}, doGiveUp},
		{"completed by hand with another's result, after a cancel", situation{cancelSent: true, poll: pollStray}, doPollAfterStray},
		{"a report, after a cancel", situation{cancelSent: true, poll: pollReported}, doPollAfterReport},
		{"a new run does not pass the cancel on", situation{cancelSent: true, poll: pollStray, historyFull: true}, doPollAfterStray},

		// After a cancel at the deadline: it is a timeout, whatever becomes of the cancel.
		{"it is polled until its end, late", situation{cancelSent: true, late: true}, doPoll},
		{"it has ended, late", situation{cancelSent: true, late: true, poll: pollAnswered, done: true}, doExpire},
		{"it cannot be read, late", situation{cancelSent: true, late: true, poll: pollFailed}, doExpire},
		{"the grace is over, late", situation{cancelSent: true, late: true, poll: pollExpired}, doExpire},
		{"abandoned, late", situation{cancelSent: true, late: true, poll: pollLeft, requests: abandon}, doExpire},
		{"completed by hand with another's result, late", situation{cancelSent: true, late: true, poll: pollStray}, doPollAfterStray},
	}
	for _, row := range rows {
		if got := row.in.next(); got != row.want {
			t.Errorf("%s: action %d, want %d", row.reason, got, row.want)
		}
	}
}

// What holds in every situation.
func TestNextInvariants(t *testing.T) {
	t.Parallel()
	for s := range situations {
		next := s.next()
		polls := next == doPoll || next == doPollChanged || next == doPollAfterStray || next == doPollAfterReport
		for broken, is := range map[string]bool{
			"it polls an operation that has ended":              polls && s.done,
			"it polls, abandoned":                               polls && s.abandon,
			"it polls, canceled":                                polls && s.ctxDone,
			"it polls after a failure":                          polls && s.poll.failed(),
			"it polls after the deadline":                       polls && s.poll == pollExpired && (s.cancelSent || !s.restart),
			"it cancels twice":                                  (next == doCancel || next == doCancelLate) && s.cancelSent,
			"it cancels an operation that has ended":            (next == doCancel || next == doCancelLate) && s.done,
			"it abandons what was sent a cancel":                next == doAbandon && s.cancelSent,
			"it gives up without a cancel":                      next == doGiveUp && !s.cancelSent,
			"it renews while canceling":                         next == doRenew && s.cancelSent,
			"it fails without a failure":                        next == doFail && !s.poll.failed(),
			"it finishes before the end":                        next == doFinish && !s.done,
			"an end is lost":                                    s.done && !s.late && next != doFinish,
			"a cancel is lost":                                  s.cancelRequested && !s.cancelSent && !s.done && !s.abandon && next != doCancel,
			"late, it ends in another way than in AwaitTimeout": s.cancelSent && s.late && !polls && next != doExpire,
		} {
			if is {
				t.Errorf("%s: action %d in %+v", broken, next, s)
			}
		}
	}
}

// situations yields all of them.
func situations(yield func(situation) bool) {
	for end := pollNone; end <= pollLost; end++ {
		for bits := range 1 << 10 {
			is := func(bit int) bool { return bits&(1<<bit) != 0 }
			s := situation{
				poll: end, done: is(0), cancelSent: is(1), late: is(2), ctxDone: is(3),
				requests: requests{restart: is(4), cancelRequested: is(5), abandon: is(6)}, historyFull: is(7),
				abandonOnCancel: is(8), cancelOnDeadline: is(9),
			}
			if s.late && !s.cancelSent || s.poll == pollAnswered && !s.done {
				continue // there are none such
			}
			if !yield(s) {
				return
			}
		}
	}
}
