package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/workflows"
)

// usageError is an error of the command line or of the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exitError ends the command with an exit status. Its message is for people and is printed as it is.
type exitError struct {
	status int
	err    error // nil if there is nothing more to print
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// ownError is an error of this machine, such as a compiler's. Its message may have many lines.
type ownError struct{ error }

func (e ownError) Unwrap() error { return e.error }

// isUnknownCommand reports whether the command line names a command that does not exist. The error is cobra's: it has no
// type, and lines of suggestions.
func isUnknownCommand(err error) bool { return strings.HasPrefix(err.Error(), "unknown command") }

// text is an error for people, without what the SDK wraps it in.
func text(err error) string {
	var exit exitError
	if errors.As(err, &exit) {
		return exit.Error()
	}
	if failure, ok := lro.AsFailure(err); ok {
		return failure.Message()
	}
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() == workflows.RefusedType {
		return app.Message()
	}
	if why := withoutCredentials(err); why != nil { // the rest of its text is for Go code
		return "no usable credentials: " + why.Error()
	}
	return err.Error()
}

// withoutCredentials is why no credentials are found, over HTTP or gRPC, nil if that is not the error.
func withoutCredentials(err error) error {
	var overHTTP *rest.CredentialsError
	var overGRPC *operations.CredentialsError
	switch {
	case errors.As(err, &overHTTP):
		return overHTTP.Err
	case errors.As(err, &overGRPC):
		return overGRPC.Err
	default:
		return nil
	}
}

// hint says what to do about an error, "" for an error without a known remedy.
func hint(err error) string {
	var gone *serviceerror.NotFound
	var namespace *serviceerror.NamespaceNotFound
	var unavailable *serviceerror.Unavailable
	var denied *serviceerror.PermissionDenied
	var app *temporal.ApplicationError
	var api *lro.Error
	var unserved unservedError
	var silent silentError
	var ofType typedError
	switch {
	case errors.As(err, &silent):
		return silent.remedy()
	case errors.As(err, &unserved):
		return unserved.hint()
	case errors.As(err, &api) && api.NoStatus && api.HTTP == http.StatusNotFound:
		return "the API of this service may have another version, or a prefix: set --api-version and --prefix, or name the worker's configuration with --config"
	case errors.As(err, &namespace):
		return "name the namespace with --namespace or TEMPORAL_NAMESPACE"
	case errors.As(err, new(endedError)):
		return ""
	case errors.As(err, &gone):
		return "`awaitop list` shows the running waits; the server deletes closed ones after the namespace's retention"
	case errors.As(err, &denied):
		return "check TEMPORAL_API_KEY, or the profile in temporal.toml"
	case errors.As(err, &unavailable), errors.Is(err, errUnreachable):
		return "name the Temporal server with --address, TEMPORAL_ADDRESS or a profile; `awaitop dev` starts one"
	case errors.Is(err, errNoWorker):
		return "start a worker with `awaitop worker`, on the task queue of the wait"
	case errors.As(err, &app) && app.Type() == workflows.RefusedType:
		return "`awaitop describe` shows the state of the wait"
	case errors.As(err, &ofType):
		return ofType.hint()
	case errors.Is(err, control.ErrNoAwaitOperation):
		return "an inline wait is steered with its workflow alone: `temporal workflow cancel --workflow-id ID` cancels both"
	case withoutCredentials(err) != nil:
		return "set credentials up with `gcloud auth application-default login` or GOOGLE_APPLICATION_CREDENTIALS; for an emulator pass --without-authentication and its URL with --endpoint, or withoutAuthentication: true in a worker's configuration"
	default:
		return ""
	}
}

var (
	errUnreachable = errors.New("no Temporal server")
	errNoWorker    = errors.New("no worker answers")
)
