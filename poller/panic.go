package poller

import (
	"context"
	"log/slog"
	"runtime/debug"

	"github.com/awaitop/awaitop/lro"
)

// Logger logs a panic of a client: a *slog.Logger, or Temporal's logger.
type Logger interface {
	Error(message string, keyvals ...any)
}

// loggerKey is the key of a logger in a context.
type loggerKey struct{}

// WithLogger returns a context whose requests log a panic of the client with l.
func WithLogger(ctx context.Context, l Logger) context.Context {
	return context.WithValue(ctx, loggerKey{}, l)
}

// panicked logs a client's panic with its stack, and makes it the error of the request. Call it
// from the function that recovers.
func panicked(ctx context.Context, value any) error {
	cause := &lro.PanicError{Value: value, Stack: debug.Stack()}
	var log Logger = slog.Default()
	if own, ok := ctx.Value(loggerKey{}).(Logger); ok {
		log = own
	}
	log.Error("The operations client panicked.", "panic", value, "stack", string(cause.Stack))
	return &lro.Error{Method: "request", Cause: cause, NoStatus: true, Status: lro.Status{Code: lro.CodeInternal, Message: cause.Error()}}
}
