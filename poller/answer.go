package poller

import (
	"errors"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ErrDeferred is the answer to a read that was put off in favor of other reads. The wait goes on as
// if the read had been made, and reads again when the operation is due next.
var ErrDeferred = errors.New("deferred")

// requestPatience bounds a wait for the answer to a request under way: twice the time that an
// lro.Client may take. It is real time, as listPatience.
const requestPatience = 2 * time.Minute

// errNoReply is the answer to a read without a reply.
var errNoReply = &lro.Error{Method: "GetOperation", NoStatus: true, Status: lro.Status{
	Code: lro.CodeDeadlineExceeded, Message: "no reply within " + requestPatience.String(),
}}

// Answer is the result of a read of one operation.
type Answer struct {
	// Index is the index with which the wait subscribed to the operation.
	Index int
	// Op is the operation, if Err is nil.
	Op lro.Operation
	// Err is why the operation was not read. It is [ErrDeferred] if no request was made.
	Err error
	// Due is when the read was due, by the Poller's clock. It is zero for an answer that came
	// before.
	Due time.Time
	// Large says that Op succeeded with a response that does not fit a payload. Op comes without
	// it.
	Large bool
	cheap bool // one List read it with many others

	subscription *Subscription
}

// bound drops the parts of an ended operation that do not fit a payload, before the wait takes the
// answer, because a reply's room ends with its decoding.
func (a *Answer) bound() {
	if !a.Op.Done || a.Op.Error == nil && len(a.Op.Response) <= lro.MaxEncodedSize {
		return
	}
	bounded, fits := a.Op.Bound()
	a.Op, a.Large = bounded, !fits && bounded.State() == lro.StateSucceeded
}
