package lro

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Cancellation says what became of a cancel that awaitop sent, or was asked not
// to send.
type Cancellation string

// What became of a cancel. The zero value means none was asked for, or that the
// operation of a set had ended before it was sent one.
//
// A cancel without an answer, or whose worker died before it could report one, counts
// as delivered, since it may have been: it was recorded before it was sent. So canceled,
// completed, failed, gone and unconfirmed are of a cancel that was or may have been
// accepted.
const (
	// CancellationCanceled: the operation ended with code CANCELLED.
	CancellationCanceled Cancellation = "canceled"
	// CancellationCompleted: it succeeded all the same; its effects stand.
	CancellationCompleted Cancellation = "completed"
	// CancellationFailed: it failed with a code other than CANCELLED.
	CancellationFailed Cancellation = "failed"
	// CancellationUnsupported: the service has no cancel for the operation. It answered
	// UNIMPLEMENTED, or 404 until the grace was over while the operation could be read.
	CancellationUnsupported Cancellation = "unsupported"
	// CancellationGone: the service no longer knows the operation. Either the cancel was
	// accepted and the operation vanished, as a CreateInstance of Spanner's does, which
	// is not billed then: CancelStatus is nil, or why a later try was refused. Or the
	// cancel found nothing until its grace was over, and neither did reads: CancelStatus
	// is NOT_FOUND.
	CancellationGone Cancellation = "gone"
	// CancellationUndelivered: each try of the cancel was refused or failed, however the
	// operation ended. If it ended with code CANCELLED, somebody else canceled it.
	CancellationUndelivered Cancellation = "undelivered"
	// CancellationUnconfirmed: it was delivered, or may have been, and the operation still
	// ran or could not be read when the cancel grace ended; or the wait was abandoned
	// before more was known.
	CancellationUnconfirmed Cancellation = "unconfirmed"
	// CancellationAbandoned: by policy no cancel was sent; the operation runs.
	CancellationAbandoned Cancellation = "abandoned"
)

// Deletion says what became of a requested delete of the operation's record.
type Deletion string

// What became of a delete. The zero value means none was asked for.
const (
	DeletionDeleted     Deletion = "deleted"
	DeletionUnsupported Deletion = "unsupported"
	DeletionFailed      Deletion = "failed"
)

// Outcome is how a wait ended: the operation as its workflow last knew it, and what
// awaiting it took.
type Outcome struct {
	// Ref names the operation; zero if it was given done and without a name.
	Ref Ref `json:"ref,omitzero"`
	// Operation is the terminal operation. If the wait ended first, it is the running
	// one as a poll last reported it to the workflow. A held poll reports at its end, and
	// with ProgressInterval meanwhile; one that is cut off, as by an abandon, does not. So
	// Operation may be empty although the operation was read.
	Operation Operation `json:"operation"`
	// Polls is how many reads of its state were reported to the workflow. A lower bound:
	// those of a worker that died, or of a poll that was cut off, are not counted. At most
	// [MaxPolls].
	Polls int `json:"polls"`
	// StartTime and EndTime enclose the wait, in the Temporal server's clock.
	StartTime time.Time `json:"startTime,omitzero"`
	EndTime   time.Time `json:"endTime,omitzero"`
	// Cancellation says what became of a cancel, "" if there was none.
	Cancellation Cancellation `json:"cancellation,omitempty"`
	// CancelStatus is why a cancel was not delivered, or may not have been, where that is
	// known.
	CancelStatus *Status `json:"cancelStatus,omitempty"`
	// CancelReason is what was said for canceling or abandoning the wait, by an
	// update; "" if there was none, or no reason.
	CancelReason string `json:"cancelReason,omitempty"`
	// Deletion says what became of DeleteWhenDone, "" if it was not asked for.
	Deletion Deletion `json:"deletion,omitempty"`
}

// MaxPolls is the largest number of reads that awaitop counts: a program whose numbers
// are doubles, as JavaScript's, reads it exactly.
const MaxPolls = min(1<<53, math.MaxInt)

// ValidatePolls reports a number of reads that is negative or over [MaxPolls] as an
// [*InvalidError] for the given field.
func ValidatePolls(field string, polls int) error {
	if polls >= 0 && polls <= MaxPolls {
		return nil
	}
	return &InvalidError{Field: field, Value: strconv.Itoa(polls), Want: fmt.Sprintf("0 to %d", MaxPolls)}
}

// AddPolls returns polls and more reads, at most [MaxPolls]. A negative number counts as
// none.
func AddPolls(polls, more int) int {
	polls = min(max(polls, 0), MaxPolls)
	return polls + min(max(more, 0), MaxPolls-polls)
}

// Duration returns how long the wait took.
func (o Outcome) Duration() time.Duration { return o.EndTime.Sub(o.StartTime) }

// State returns the operation's state; running if the wait ended first.
func (o Outcome) State() State { return o.Operation.State() }

// Bound makes o fit a payload, as [Operation.Bound] and [Status.Bound] do.
func (o Outcome) Bound() Outcome {
	o.Operation, _ = o.Operation.Bound()
	o.CancelStatus = o.CancelStatus.Bound()
	return o
}
