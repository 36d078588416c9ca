package poller

import (
	"errors"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ErrDeferred is the answer to a read that was not made, in favor of others: the wait
// goes on as if it had been, and reads again when the operation is due next.
var ErrDeferred = errors.New("deferred")

// requestPatience bounds a wait for the answer to a request that is under way: twice
// what an lro.Client may take. Of real time, as listPatience.
const requestPatience = 2 * time.Minute

// errNoReply is the answer to a read that brought none.
var errNoReply = &lro.Error{Method: "GetOperation", NoStatus: true, Status: lro.Status{
	Code: lro.CodeDeadlineExceeded, Message: "no reply within " + requestPatience.String(),
}}

// Answer is what a read of one operation brought.
type Answer struct {
	// Index is the one with which the wait subscribed to the operation.
	Index int
	// Op is the operation, if Err is nil.
	Op lro.Operation
	// Err is why the operation was not read; [ErrDeferred] if no request was made.
	Err error
	// Due is when the read was due, by the Poller's clock; zero for an answer that came
	// before.
	Due time.Time
	// Large says that Op succeeded with a response that does not fit a payload, and that
	// Op has lost.
	Large bool
	cheap bool // one List brought it along with many others

	subscription *Subscription
}

// bound drops what does not fit a payload from an operation that has ended, before the
// wait takes the answer: a reply's room ends with its decoding.
func (a *Answer) bound() {
	if !a.Op.Done || a.Op.Error == nil && len(a.Op.Response) <= lro.MaxEncodedSize {
		return
	}
	bounded, fits := a.Op.Bound()
	a.Op, a.Large = bounded, !fits && bounded.State() == lro.StateSucceeded
}
