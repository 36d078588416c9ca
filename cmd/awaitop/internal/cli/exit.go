package cli

import (
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/workflows"
)

// The exit statuses.
const (
	// ExitOK: done as asked; of an operation that was awaited, succeeded.
	ExitOK = 0
	// ExitTrouble: it could not be done, or not be told: no server, no permission, no
	// such wait.
	ExitTrouble = 1
	// ExitUsage: the command line is wrong; nothing was sent.
	ExitUsage = 2
	// ExitFailed: the operation failed.
	ExitFailed = 3
	// ExitCanceled: the operation was canceled.
	ExitCanceled = 4
	// ExitTimedOut: the deadline of the wait passed.
	ExitTimedOut = 5
	// ExitLeft: the wait ended by a cancel or was abandoned, and the operation may run on.
	ExitLeft = 6
	// ExitFatal: the Temporal SDK has stopped the worker for good.
	ExitFatal = 7
	// ExitDetached: an interrupt ended the command, and the wait goes on.
	ExitDetached = 130
)

// usageError is an error of the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exitError has the command exit with a status, and its message be printed if it has
// one.
type exitError struct {
	status int
	err    error // nil if all has been said
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// statusFor is the exit status for the error that a wait ended with.
func statusFor(err error, outcome lro.Outcome) int {
	failure, typed := lro.AsFailure(err)
	switch {
	case err == nil:
		return ExitOK
	case temporal.IsCanceledError(err) && outcome.State() == lro.StateCanceled:
		return ExitCanceled
	case temporal.IsCanceledError(err):
		return ExitLeft
	case !typed:
		return ExitTrouble
	}
	switch failure.Type {
	case lro.TypeOperationFailed:
		if failure.Code() == lro.CodeCanceled {
			return ExitCanceled
		}
		return ExitFailed
	case lro.TypeAwaitTimeout:
		return ExitTimedOut
	default:
		return ExitTrouble
	}
}

// ownError is an error of this machine's, such as a compiler's. It may have many lines.
type ownError struct{ error }

func (e ownError) Unwrap() error { return e.error }

// isUnknownCommand reports whether the command line has no command. cobra's errors have no
// types, and lines of suggestions.
func isUnknownCommand(err error) bool { return strings.HasPrefix(err.Error(), "unknown command") }

// exitStatus is the status for a command's error.
func exitStatus(err error) int {
	var exit exitError
	var usage usageError
	var fatal *serve.FatalError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &fatal):
		return ExitFatal
	case errors.As(err, &exit):
		return exit.status
	case errors.As(err, &usage):
		return ExitUsage
	}
	if isUnknownCommand(err) {
		return ExitUsage
	}
	var invalid *lro.InvalidError
	if failure, ok := lro.AsFailure(err); errors.As(err, &invalid) || ok && failure.Type == lro.TypeInvalidInput {
		return ExitUsage
	}
	return ExitTrouble
}

// text is an error for people: without what the SDK puts around it.
func text(err error) string {
	var exit exitError
	if errors.As(err, &exit) {
		return exit.Error() // made for people
	}
	if failure, ok := lro.AsFailure(err); ok {
		return failure.Message()
	}
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() == workflows.RefusedType {
		return app.Message()
	}
	var credentials *rest.CredentialsError
	if errors.As(err, &credentials) { // the rest of its text is for those who write Go
		return "no usable credentials: " + credentials.Err.Error()
	}
	return err.Error()
}

// hint says what to do next about an error, "" if nothing is known.
func hint(err error) string {
	var gone *serviceerror.NotFound
	var namespace *serviceerror.NamespaceNotFound
	var unavailable *serviceerror.Unavailable
	var denied *serviceerror.PermissionDenied
	var app *temporal.ApplicationError
	var credentials *rest.CredentialsError
	switch {
	case errors.As(err, &namespace):
		return "give the namespace with --namespace or TEMPORAL_NAMESPACE"
	case errors.As(err, &gone):
		return "`awaitop list` shows the waits under way; the server forgets closed ones after the namespace's retention"
	case errors.As(err, &denied):
		return "check TEMPORAL_API_KEY, or the profile in temporal.toml"
	case errors.As(err, &unavailable), errors.Is(err, errUnreachable):
		return "give the Temporal server with --address, TEMPORAL_ADDRESS or a profile; `awaitop dev` starts one"
	case errors.Is(err, errNoWorker):
		return "start a worker with `awaitop worker`, on the task queue of the wait"
	case errors.As(err, &app) && app.Type() == workflows.RefusedType:
		return "`awaitop describe` shows what the wait is at"
	case errors.Is(err, control.ErrNoAwaitOperation):
		return "an inline wait is canceled with its workflow: `temporal workflow cancel`"
	case errors.As(err, &credentials):
		return "set them up with `gcloud auth application-default login` or GOOGLE_APPLICATION_CREDENTIALS; for an emulator give --without-authentication, in a worker's configuration withoutAuthentication: true"
	default:
		return ""
	}
}

var (
	errUnreachable = errors.New("no Temporal server")
	errNoWorker    = errors.New("no worker answers")
)
