package control

import (
	"errors"
	"strings"

	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// maxFailureLine bounds the line on a failure, in bytes.
const maxFailureLine = 1 << 10

// attemptFailure is why an attempt failed, on one line that begins with the code, and the code; "" without one.
// A poll that yields has not failed.
func attemptFailure(failure *failurepb.Failure, decode converter.DataConverter) (code, line string) {
	if failure == nil || failure.GetApplicationFailureInfo().GetType() == activities.YieldType {
		return "", ""
	}
	err := errorOf(failure, decode)
	var app *temporal.ApplicationError
	var timedOut *temporal.TimeoutError
	switch {
	case errors.As(err, &app):
		return applicationFailure(err, app)
	case errors.As(err, &timedOut):
		return "", "no answer in time: the worker died or hung (" + timedOut.TimeoutType().String() + " timeout)"
	default:
		return "", oneLine(err.Error())
	}
}

// errorOf is a failure as the error of package temporal.
func errorOf(failure *failurepb.Failure, decode converter.DataConverter) error {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: decode}).FailureToError(failure)
}

// applicationFailure is attemptFailure for an attempt that returned an error.
func applicationFailure(err error, app *temporal.ApplicationError) (code, line string) {
	if failure, typed := lro.AsFailure(err); typed {
		if status := failure.Status(); status != nil {
			return status.Code.String(), oneLine(status.String())
		}
		return failure.Code().String(), oneLine(failure.Code().String() + ": " + failure.Message())
	}
	kind, code, _ := strings.Cut(app.Type(), ".")
	if !requestTypes[kind] {
		return "", oneLine(app.Message())
	}
	var status lro.Status
	if app.HasDetails() && app.Details(&status) == nil {
		return status.Code.String(), oneLine(status.String())
	}
	// The server drops the details of a failure over 4 KiB. The message tells the same after the code.
	if at := strings.Index(app.Message(), code); at > 0 {
		return code, oneLine(app.Message()[at:])
	}
	return code, oneLine(code + ": " + app.Message())
}

// requestTypes are the types of failures whose first detail is a Status, and whose type ends with its code.
var requestTypes = map[string]bool{
	activities.CancelFailedType: true, activities.DeleteFailedType: true,
	starters.RemoveFailedType: true, starters.ReadFailedType: true,
}

// oneLine is the text without line breaks, cut to maxFailureLine.
func oneLine(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if len(line) <= maxFailureLine {
		return line
	}
	return strings.ToValidUTF8(line[:maxFailureLine-len("...")], "") + "..."
}
