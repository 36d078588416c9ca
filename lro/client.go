package lro

import (
	"context"
)

// Client makes the requests to an operations API. Implementations are safe for concurrent use.
//
// An error that the service sent is, or wraps, an [*Error], marked with NoStatus unless it holds a
// google.rpc.Status of the service's own. If the client refuses to send an input, the error is an
// [*InvalidError]. A 200 whose JSON is not an operation wraps [ErrNotOperation].
//
// A call makes a few short tries, for a minute in all at most, and returns once ctx is done:
// waiting is for the activities to do. After 2 minutes without a reply, a Poller answers a read
// with DEADLINE_EXCEEDED. The client has to end its goroutine.
type Client interface {
	// GetOperation reads one operation.
	GetOperation(ctx context.Context, ref Ref) (Operation, error)
	// CancelOperation asks the service to cancel. Success says that the
	// request was accepted, not that the operation will end canceled.
	CancelOperation(ctx context.Context, ref Ref) error
	// DeleteOperation deletes the operation's record. It does not cancel.
	DeleteOperation(ctx context.Context, ref Ref) error
	// ListOperations reads one page of a collection.
	ListOperations(ctx context.Context, request ListRequest) (Page, error)
}

// ClientConfig is the configuration of a [Client] that has these methods, or that wraps a client
// which has them, see [ClientAs]. The methods are safe for concurrent use, and their results do not
// change.
type ClientConfig interface {
	// Serves reports whether the client has the service. It refuses to send requests to others. For
	// a client without this method, a Poller knows Google's services and those that have a budget.
	// All others are OtherService to metrics, and share places.
	Serves(service string) bool
	// QuotaProject is the id of the project whose quota all requests of a service use, "" if the
	// service decides. For a client without this method, a Poller takes the project in each name.
	QuotaProject(service string) string
}
