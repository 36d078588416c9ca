package workflows

import "testing"

// What a wait does next: the one table of it.
func TestNext(t *testing.T) {
	t.Parallel()
	cancel, abandon, restart := requests{cancel: true}, requests{abandon: true}, requests{restart: true}
	rows := []struct {
		reason string
		in     situation
		want   action
	}{
		// Before the first poll.
		{"a new wait polls", situation{}, doPoll},
		{"an operation passed in done needs no poll", situation{done: true}, doFinish},
		{"an end that is known outranks a cancel", situation{done: true, canceled: true}, doFinish},
		{"canceled before it began", situation{canceled: true}, doCancel},
		{"canceled before it began, by policy without a cancel", situation{canceled: true, abandonOnCancel: true}, doAbandon},
		{"an update with the first workflow task cancels", situation{requests: cancel}, doCancel},
		{"an update with the first workflow task abandons", situation{requests: abandon}, doAbandon},
		{"an update with the first workflow task sets the deadline: the first poll has it", situation{requests: restart}, doPoll},
		{"one poll is made before a new run", situation{historyFull: true}, doPoll},

		// After a poll.
		{"the operation has ended", situation{poll: pollAnswered, done: true}, doFinish},
		{"the end came together with a cancel", situation{poll: pollAnswered, done: true, canceled: true, requests: cancel}, doFinish},
		{"a poll now has seen the end, and the poll failed meanwhile", situation{poll: pollFailed, done: true}, doFinish},
		{"the deadline came with the end", situation{poll: pollAnswered, done: true, cancelOnDeadline: true}, doFinish},
		{"canceled", situation{poll: pollLeft, canceled: true}, doCancel},
		{"canceled, by policy without a cancel", situation{poll: pollLeft, canceled: true, abandonOnCancel: true}, doAbandon},
		{"the cancel update does not follow the policy", situation{poll: pollLeft, requests: cancel, abandonOnCancel: true}, doCancel},
		{"nor if the workflow is canceled as well", situation{poll: pollLeft, requests: cancel, canceled: true, abandonOnCancel: true}, doCancel},
		{"abandoned", situation{poll: pollLeft, requests: abandon}, doAbandon},
		{"abandoned and canceled: nothing is sent", situation{poll: pollLeft, requests: requests{abandon: true, cancel: true}, canceled: true}, doAbandon},
		{"a cancel outranks a failure", situation{poll: pollFailed, canceled: true}, doCancel},
		{"a cancel outranks the deadline", situation{poll: pollExpired, requests: cancel}, doCancel},
		{"the poll failed", situation{poll: pollFailed}, doFail},
		{"the poll told nothing", situation{poll: pollLost}, doFail},
		{"a failure outranks a new policy", situation{poll: pollFailed, requests: restart}, doFail},
		{"a failure outranks a new run", situation{poll: pollFailed, historyFull: true}, doFail},
		{"the policy or the deadline has changed", situation{poll: pollLeft, requests: restart}, doPollAfresh},
		{"the deadline was moved as it came", situation{poll: pollExpired, requests: restart, cancelOnDeadline: true}, doPollAfresh},
		{"a report", situation{poll: pollReported}, doPollOn},
		{"a report, as the policy changed", situation{poll: pollReported, requests: restart}, doPollAfresh},
		{"completed by hand with another's result", situation{poll: pollStray}, doPollAgain},
		{"the history is long, and the poll was ended for that", situation{poll: pollLeft, requests: restart, historyFull: true}, doRenew},
		{"the history is long at a report", situation{poll: pollReported, historyFull: true}, doRenew},
		{"the history is long after a stray", situation{poll: pollStray, historyFull: true}, doRenew},
		{"the deadline: left running", situation{poll: pollExpired}, doExpire},
		{"the deadline: canceled", situation{poll: pollExpired, cancelOnDeadline: true}, doCancelLate},
		{"the deadline outranks a new run", situation{poll: pollExpired, historyFull: true}, doExpire},

		// After a cancel.
		{"it is polled until its end", situation{canceling: true}, doPoll},
		{"a poll now has seen the end while the cancel was sent", situation{canceling: true, done: true}, doFinish},
		{"abandoned while the cancel was sent", situation{canceling: true, requests: abandon}, doGiveUp},
		{"the time was up while the cancel was sent", situation{canceling: true, canceled: true}, doGiveUp},
		{"the update that canceled it does not end it", situation{canceling: true, requests: cancel}, doPoll},
		{"it has ended, one way or another", situation{canceling: true, poll: pollAnswered, done: true}, doFinish},
		{"it cannot be read", situation{canceling: true, poll: pollFailed}, doFail},
		{"a failure outranks that the time is up", situation{canceling: true, poll: pollLost, canceled: true}, doFail},
		{"the grace is over", situation{canceling: true, poll: pollExpired}, doGiveUp},
		{"the grace is over: the deadline's policy does not count", situation{canceling: true, poll: pollExpired, cancelOnDeadline: true}, doGiveUp},
		{"the time is up", situation{canceling: true, poll: pollLeft, canceled: true}, doGiveUp},
		{"abandoned", situation{canceling: true, poll: pollLeft, requests: abandon}, doGiveUp},
		{"completed by hand with another's result, after a cancel", situation{canceling: true, poll: pollStray}, doPollAgain},
		{"a report, after a cancel", situation{canceling: true, poll: pollReported}, doPollOn},
		{"a new run does not pass the cancel on", situation{canceling: true, poll: pollStray, historyFull: true}, doPollAgain},

		// After a cancel at the deadline: it is a timeout, whatever becomes of the cancel.
		{"it is polled until its end, late", situation{canceling: true, late: true}, doPoll},
		{"it has ended, late", situation{canceling: true, late: true, poll: pollAnswered, done: true}, doExpire},
		{"it cannot be read, late", situation{canceling: true, late: true, poll: pollFailed}, doExpire},
		{"the grace is over, late", situation{canceling: true, late: true, poll: pollExpired}, doExpire},
		{"abandoned, late", situation{canceling: true, late: true, poll: pollLeft, requests: abandon}, doExpire},
		{"completed by hand with another's result, late", situation{canceling: true, late: true, poll: pollStray}, doPollAgain},
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
		polls := next == doPoll || next == doPollAfresh || next == doPollAgain || next == doPollOn
		for broken, is := range map[string]bool{
			"it polls an operation that has ended":              polls && s.done,
			"it polls, abandoned":                               polls && s.abandon,
			"it polls, canceled":                                polls && s.canceled,
			"it polls after a failure":                          polls && s.poll.failed(),
			"it polls after the deadline":                       polls && s.poll == pollExpired && (s.canceling || !s.restart),
			"it cancels twice":                                  (next == doCancel || next == doCancelLate) && s.canceling,
			"it cancels an operation that has ended":            (next == doCancel || next == doCancelLate) && s.done,
			"it abandons what was sent a cancel":                next == doAbandon && s.canceling,
			"it gives up without a cancel":                      next == doGiveUp && !s.canceling,
			"it renews while canceling":                         next == doRenew && s.canceling,
			"it fails without a failure":                        next == doFail && !s.poll.failed(),
			"it finishes before the end":                        next == doFinish && !s.done,
			"an end is lost":                                    s.done && !s.late && next != doFinish,
			"a cancel is lost":                                  s.cancel && !s.canceling && !s.done && !s.abandon && next != doCancel,
			"late, it ends in another way than in AwaitTimeout": s.canceling && s.late && !polls && next != doExpire,
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
				poll: end, done: is(0), canceling: is(1), late: is(2), canceled: is(3),
				requests: requests{restart: is(4), cancel: is(5), abandon: is(6)}, historyFull: is(7),
				abandonOnCancel: is(8), cancelOnDeadline: is(9),
			}
			if s.late && !s.canceling || s.poll == pollAnswered && !s.done {
				continue // there are none such
			}
			if !yield(s) {
				return
			}
		}
	}
}
