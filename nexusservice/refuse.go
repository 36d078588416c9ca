package nexusservice

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nexus-rpc/sdk-go/nexus"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

const (
	// requestTime bounds what a synchronous operation waits for. The Temporal server gives a request
	// 10 s, by its default.
	requestTime = 8 * time.Second
	// replyTime is kept of the server's own deadline for the reply.
	replyTime = time.Second
)

// within returns a context that ends early enough for the reply to reach the server.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	timeout := requestTime
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline)-replyTime)
	}
	return context.WithTimeout(ctx, timeout)
}

// failed ends a Nexus operation with err, one of awaitop's errors. The server does not retry it.
func failed(err error) error {
	return &nexus.OperationError{State: nexus.OperationStateFailed, Message: err.Error(), Cause: err}
}

// refusal is why a call is refused whose input is valid, as a failure of another type.
type refusal struct {
	kind lro.FailureType
	*lro.InvalidError
}

func (r refusal) Unwrap() error { return r.InvalidError }

// notAllowed says that the caller's rule does not allow the value of a field.
func notAllowed(field, value, want string) error {
	return refusal{lro.TypeNotAllowed, &lro.InvalidError{Field: field, Value: value, Want: want}}
}

// refused ends a Nexus operation whose input is refused: nothing was sent. ref may be zero. The failure
// is an InvalidInput, or that of a [refusal].
func refused(ref lro.Ref, err error) error {
	failure := lro.Invalid(ref, err)
	if other := (refusal{}); errors.As(err, &other) {
		failure.Type = other.kind
	}
	return failed(activities.NewError(failure))
}

// given is an operation's input. A payload without a value is read as null, so that the input says
// what is missing.
func given[I any](in *I) *I {
	if in == nil {
		in = new(I)
		_ = json.Unmarshal([]byte("null"), in) // inputs never fail to decode
	}
	return in
}
