package workflows

import "testing"

// How the wait for a set ends: the one table of it.
func TestSetNext(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		in     setSituation
		want   action
	}{
		{"all succeeded", setSituation{}, doFinish},
		{"the input was refused", setSituation{invalid: true, ctxDone: true, failed: true, expired: true}, doFail},
		{"canceled", setSituation{ctxDone: true}, doCancel},
		{"canceled, by policy without a cancel", setSituation{ctxDone: true, abandonOnCancel: true}, doAbandon},
		{"a cancel outranks a failure, whose operation its end names", setSituation{ctxDone: true, failed: true, onFailure: LeaveRest}, doCancel},
		{"a cancel outranks the deadline", setSituation{ctxDone: true, expired: true}, doCancel},
		{"a failure cancels the rest", setSituation{failed: true, onFailure: CancelRest}, doCancelRest},
		{"a failure after the rest was awaited", setSituation{failed: true, onFailure: AwaitRest}, doFail},
		{"a failure leaves the rest", setSituation{failed: true, onFailure: LeaveRest}, doFail},
		{"a failure outranks the deadline", setSituation{failed: true, expired: true, onFailure: CancelRest, cancelOnDeadline: true}, doCancelRest},
		{"the deadline leaves what runs", setSituation{expired: true}, doExpire},
		{"the deadline cancels what runs", setSituation{expired: true, cancelOnDeadline: true}, doCancelLate},
		{"the deadline outranks an operation that could not be read", setSituation{expired: true, unread: true}, doExpire},
		{"an operation could not be read, the others were awaited", setSituation{unread: true, onFailure: CancelRest}, doFail},
		{"a failure outranks an operation that could not be read", setSituation{unread: true, failed: true, onFailure: CancelRest}, doCancelRest},
	}
	for _, row := range rows {
		if got := row.in.next(); got != row.want {
			t.Errorf("%s: action %d, want %d", row.reason, got, row.want)
		}
	}
}
