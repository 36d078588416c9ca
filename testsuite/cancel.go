package testsuite

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Cancel is the effect of CancelOperation on a running operation. The zero Cancel
// honors it: the service accepts the request, and the operation ends at once with code
// CANCELLED. An operation that has ended accepts a cancel and stays as it is.
//
// A cancel that takes time can lose: if the operation ends by itself before the delay
// is over, that end stands.
type Cancel struct {
	after   time.Duration
	ignored bool
	own     bool
	end     End
	refusal *lro.Status
	err     error
}

// HonorCancel ends the operation with code CANCELLED, after the given time.
func HonorCancel(after time.Duration) Cancel { return Cancel{after: after} }

// IgnoreCancel accepts the cancel and does nothing: the operation runs on to
// its own end.
func IgnoreCancel() Cancel { return Cancel{ignored: true} }

// CompleteOnCancel accepts the cancel too late: after the given time the
// operation ends as its Script says, usually with success, whatever is left of
// RunsFor and Polls.
func CompleteOnCancel(after time.Duration) Cancel { return Cancel{after: after, own: true} }

// FailOnCancel ends the operation with another code than CANCELLED, after the
// given time; details are as for [Fail].
func FailOnCancel(after time.Duration, code lro.Code, message string, details ...any) Cancel {
	return Cancel{after: after, end: Fail(code, message, details...)}
}

// VanishOnCancel makes the service forget the operation, after the given time.
func VanishOnCancel(after time.Duration) Cancel { return Cancel{after: after, end: Vanish()} }

// RefuseCancel answers every cancel with the given error: UNIMPLEMENTED if the
// service has no cancel, PERMISSION_DENIED if the caller may not. Details are as
// for [Fail].
func RefuseCancel(code lro.Code, message string, details ...any) Cancel {
	status, err := newStatus(code, message, details)
	return Cancel{refusal: status, err: err}
}

// endFor returns how a canceled operation of the given script ends.
func (c Cancel) endFor(script Script) End {
	switch {
	case c.own && script.End.kind == endNever:
		return End{} // it has no end of its own
	case c.own:
		return script.End
	case c.end.kind == endDefault:
		return Fail(lro.CodeCanceled, "the operation was canceled")
	default:
		return c.end
	}
}

func (c Cancel) validate(field string) error {
	if c.after < 0 {
		return &lro.InvalidError{Field: field + ".after", Value: c.after.String(), Want: "0 or more"}
	}
	if c.err != nil {
		return &lro.InvalidError{Field: field, Value: c.err.Error(), Want: "an error that can be written as JSON"}
	}
	return c.end.validate(field)
}
