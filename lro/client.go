package lro

import (
	"context"
)

// Client is what the activities need of an operations API. An error that came
// from the service is, or wraps, an [*Error], marked with NoStatus unless it holds a
// google.rpc.Status of the service's own; input that the client refuses to
// send is an [*lro.InvalidError]; a 200 whose JSON is no operation wraps
// [lro.ErrNotOperation]. Implementations are safe for concurrent use, and make
// few and short tries per call, a minute in all at most, and return once ctx is done:
// waiting is the activities'. A read that takes 2 minutes is answered for, as by
// DEADLINE_EXCEEDED; its goroutine is the client's to end.
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

// ClientConfig is what a [Client] tells of its configuration, if it has these methods or
// wraps a client that has them, see [ClientAs]. They are safe for concurrent use, and
// what they tell does not change.
type ClientConfig interface {
	// Serves reports whether the client has the service: it refuses to send requests
	// to others. Without it, a Poller knows Google's services and those that have a
	// budget. All others are OtherService to metrics, and share places.
	Serves(service string) bool
	// QuotaProject is the project whose quota all requests use, by its id, "" where the
	// service decides. Without it, a Poller takes the project in each name.
	QuotaProject() string
}
