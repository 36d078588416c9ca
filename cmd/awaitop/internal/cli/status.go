package cli

import (
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/lro"
)

// The exit statuses. They are a contract: scripts branch on them. exitStatuses says what each means.
const (
	ExitOK       = 0
	ExitTrouble  = 1
	ExitUsage    = 2
	ExitFailed   = 3
	ExitCanceled = 4
	ExitTimedOut = 5
	ExitLeft     = 6
	ExitFatal    = 7
	ExitDetached = 130
)

// exitMeaning is what an exit status means, by command. An empty text says that the command never has it.
type exitMeaning struct {
	status int
	any    string // of the other commands
	await  string // of `awaitop await`
	worker string // of `awaitop worker` and `awaitop dev`
}

// exitStatuses are all exit statuses, in ascending order. The help texts and docs/operations.md show them.
var exitStatuses = []exitMeaning{
	{ExitOK, "done", "the operation succeeded", "a signal stopped the worker, and it has drained"},
	{ExitTrouble, "trouble: no server, no worker, no such wait", "trouble: no server, no worker; or the operation's end could not be read", "the worker could not start"},
	{ExitUsage, "wrong command line; nothing was changed", "wrong command line or input", "wrong command line or configuration"},
	{ExitFailed, "", "the operation failed", ""},
	{ExitCanceled, "", "the operation was canceled", ""},
	{ExitTimedOut, "", "the deadline of the wait passed", ""},
	{ExitLeft, "", "the wait was canceled or abandoned, and the operation may still run", ""},
	{ExitFatal, "", "", "the Temporal SDK has stopped the worker for good: its namespace is gone, or the server refuses its polls"},
	{ExitDetached, "interrupted", "detached: the wait goes on", "a signal came before the worker served"},
}

// exitHelp is the part of a help text on the exit statuses of one kind of command.
func exitHelp(meaning func(exitMeaning) string) string {
	var b strings.Builder
	b.WriteString("Exit statuses:")
	for _, m := range exitStatuses {
		if text := meaning(m); text != "" {
			fmt.Fprintf(&b, "\n  %3d  %s", m.status, text)
		}
	}
	return b.String()
}

// statusFor is the exit status for the error that a wait ended with, nil for a success.
func statusFor(err error, outcome lro.Outcome) int {
	failure, typed := lro.AsFailure(err)
	switch {
	case err == nil:
		return ExitOK
	case isCanceled(err) && outcome.State() == lro.StateCanceled:
		return ExitCanceled
	case isCanceled(err):
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
	case lro.TypeInvalidInput:
		return ExitUsage
	default:
		return ExitTrouble
	}
}

// isCanceled reports whether a wait ended because it was canceled or abandoned. By the wait's option its error is a
// failure, or Temporal's CanceledError.
func isCanceled(err error) bool {
	failure, _ := lro.AsFailure(err)
	return temporal.IsCanceledError(err) || failure.Type == lro.TypeOperationCanceled
}

// exitStatus is the exit status for a command's error.
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
	case errors.As(err, &usage), isUnknownCommand(err), isInvalid(err):
		return ExitUsage
	default:
		return ExitTrouble
	}
}

// isInvalid reports whether this machine or a worker refused the input.
func isInvalid(err error) bool {
	var invalid *lro.InvalidError
	failure, typed := lro.AsFailure(err)
	return errors.As(err, &invalid) || typed && failure.Type == lro.TypeInvalidInput
}
