package lro

import (
	"time"
)

// Cancellation says what became of a cancel that awaitop sent or, by policy, did not send.
type Cancellation string

// What became of a cancel. The zero value means that none was requested, or that the operation of a
// set ended before it was sent one.
//
// awaitop records a cancel before it sends it. If the cancel got no answer, or if its worker died
// before it reported one, the cancel counts as delivered, because it may have been. So canceled,
// completed, failed, gone and unconfirmed are of a cancel that was or may have been accepted.
const (
	// CancellationCanceled: the operation ended with code CANCELLED.
	CancellationCanceled Cancellation = "canceled"
	// CancellationCompleted: it succeeded all the same. Its effects stand.
	CancellationCompleted Cancellation = "completed"
	// CancellationFailed: it failed with a code other than CANCELLED.
	CancellationFailed Cancellation = "failed"
	// CancellationUnsupported: the service has no cancel for the operation. It answered
	// UNIMPLEMENTED, or 404 until the grace was over while the operation could be read.
	CancellationUnsupported Cancellation = "unsupported"
	// CancellationGone: the service does not know the operation any more. Either the cancel was
	// accepted and the operation vanished. Spanner's CreateInstance does so, and is not billed
	// then. CancelStatus is nil, or why a later try was refused. Or the cancel got a 404 until its
	// grace was over, and reads did, too. CancelStatus is NOT_FOUND.
	CancellationGone Cancellation = "gone"
	// CancellationUndelivered: each try of the cancel was refused or failed, however the operation
	// ended. If it ended with code CANCELLED, somebody else canceled it.
	CancellationUndelivered Cancellation = "undelivered"
	// CancellationUnconfirmed: the cancel was delivered, or may have been. The operation still ran
	// or could not be read when the cancel grace ended, or the wait was abandoned before.
	CancellationUnconfirmed Cancellation = "unconfirmed"
	// CancellationAbandoned: by policy no cancel was sent. The operation runs.
	CancellationAbandoned Cancellation = "abandoned"
)

// Text says in a few words what became of the cancel: a clause that goes on about the operation, such as "it was canceled".
// It is "" if no cancel was requested.
func (c Cancellation) Text() string {
	switch c {
	case CancellationCanceled:
		return "it was canceled"
	case CancellationCompleted:
		return "the cancel came too late, it succeeded"
	case CancellationFailed:
		return "it failed after the cancel"
	case CancellationUnsupported:
		return "the service has no cancel for it"
	case CancellationGone:
		return "it is gone after the cancel"
	case CancellationUndelivered:
		return "the cancel was not delivered"
	case CancellationUnconfirmed:
		return "the cancel was not confirmed"
	case CancellationAbandoned:
		return "no cancel was sent"
	default:
		return string(c)
	}
}

// endKnown reports whether the operation has ended, or vanished, after the cancel.
func (c Cancellation) endKnown() bool {
	switch c {
	case CancellationCanceled, CancellationCompleted, CancellationFailed, CancellationGone:
		return true
	default:
		return false
	}
}

// Deletion says what became of a requested delete of the operation's record.
type Deletion string

// What became of a delete. The zero value means that none was requested.
const (
	DeletionDeleted     Deletion = "deleted"
	DeletionUnsupported Deletion = "unsupported"
	DeletionFailed      Deletion = "failed"
)

// Outcome is how a wait ended: the operation as its workflow last knew it, and what awaiting it
// took.
type Outcome struct {
	// Ref names the operation. It is zero if the caller gave the operation done and without a name.
	Ref Ref `json:"ref,omitzero"`
	// Operation is the terminal operation. If the wait ended first, it is the running operation as
	// a poll last reported it to the workflow. A held poll reports at its end, and at each
	// ProgressInterval. A poll that is cut off, for example by an abandon, does not report. So
	// Operation may be empty although the operation was read.
	Operation Operation `json:"operation"`
	// Polls counts the reads that were reported to the workflow. It is a lower bound: the reads of
	// a worker that died, or of a poll that was cut off, are missing. At most [MaxPolls].
	Polls int `json:"polls"`
	// StartTime and EndTime enclose the wait, in the Temporal server's clock.
	StartTime time.Time `json:"startTime,omitzero"`
	EndTime   time.Time `json:"endTime,omitzero"`
	// Cancellation says what became of a cancel, "" if there was none.
	Cancellation Cancellation `json:"cancellation,omitempty"`
	// CancelStatus is why a cancel was not delivered, or may not have been, if that is known.
	CancelStatus *Status `json:"cancelStatus,omitempty"`
	// CancelReason is the reason that an update gave for canceling or abandoning the wait, ""
	// without one.
	CancelReason string `json:"cancelReason,omitempty"`
	// Deletion says what became of DeleteWhenDone, "" if it was not requested.
	Deletion Deletion `json:"deletion,omitempty"`
}

// Duration returns how long the wait took.
func (o Outcome) Duration() time.Duration { return o.EndTime.Sub(o.StartTime) }

// State returns the operation's state. It is running if the wait ended first.
func (o Outcome) State() State { return o.Operation.State() }

// Bound makes o fit a payload, as [Operation.Bound] and [Status.Bound] do.
func (o Outcome) Bound() Outcome {
	o.Operation, _ = o.Operation.Bound()
	o.CancelStatus = o.CancelStatus.Bound()
	return o
}
