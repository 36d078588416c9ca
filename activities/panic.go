package activities

import (
	"context"
	"log/slog"
	"runtime/debug"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
)

// panicked logs a client's panic with its stack, and makes it the error of the request.
// Call it from the function that recovers.
func panicked(ctx context.Context, value any) error {
	cause := &lro.PanicError{Value: value, Stack: debug.Stack()}
	logError(ctx, "The operations client panicked.", "panic", value, "stack", string(cause.Stack))
	return &lro.Error{Method: "request", Cause: cause, NoStatus: true, Status: lro.Status{Code: lro.CodeInternal, Message: cause.Error()}}
}

// logError logs as the activity does that ctx is of, if it is one's.
func logError(ctx context.Context, message string, fields ...any) {
	if activity.IsActivity(ctx) {
		activity.GetLogger(ctx).Error(message, fields...)
		return
	}
	slog.ErrorContext(ctx, message, fields...)
}
