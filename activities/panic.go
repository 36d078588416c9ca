package activities

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
)

// PanicError is the cause of the [*Error] that a panic of a [Client] becomes.
type PanicError struct {
	// Value is the value that was given to panic.
	Value any
	// Stack is that of the goroutine that panicked, in the form of debug.Stack.
	Stack []byte
}

// Error returns the value, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("the client panicked: %v", e.Value) }

// panicked logs a client's panic with its stack, and makes it the error of the request.
// Call it from the function that recovers.
func panicked(ctx context.Context, value any) error {
	cause := &PanicError{Value: value, Stack: debug.Stack()}
	logError(ctx, "The operations client panicked.", "panic", value, "stack", string(cause.Stack))
	return &Error{Method: "request", Cause: cause, NoStatus: true, Status: lro.Status{Code: lro.CodeInternal, Message: cause.Error()}}
}

// logError logs as the activity does that ctx is of, if it is one's.
func logError(ctx context.Context, message string, fields ...any) {
	if activity.IsActivity(ctx) {
		activity.GetLogger(ctx).Error(message, fields...)
		return
	}
	slog.ErrorContext(ctx, message, fields...)
}
