package control

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// Failure is the error that a wait or a workflow ended with, in a form to print.
type Failure struct {
	// Type is an lro.FailureType, or "Canceled", "Terminated" or "TimedOut" if the workflow
	// ended so, or the type of another ApplicationError. "" for any other error.
	Type string `json:"type,omitempty"`
	// Code is the google.rpc.Code that lro.CodeOf returns, such as "NOT_FOUND".
	Code string `json:"code"`
	// Message is a line for people.
	Message string `json:"message"`
	// Where names the child workflows and the activity that the failure comes from, the outermost
	// first, such as "child workflow orders (Provision)" and "activity DeleteRecord".
	Where []string `json:"where,omitempty"`
	// Status is why an operation was not read or not started. nil for another failure: that of an
	// operation stands in the Outcome.
	Status *lro.Status `json:"status,omitempty"`
	// Resources, ResourcesOmitted, UndoErrors and Cause are those of the lro.Failure. For
	// lro.TypeCompensationFailed they are the resources that are left, the reasons in the same
	// order, and why the saga undid its steps.
	Resources        []string   `json:"resources,omitempty"`
	ResourcesOmitted int        `json:"resourcesOmitted,omitempty"`
	UndoErrors       []string   `json:"undoErrors,omitempty"`
	Cause            *lro.Cause `json:"cause,omitempty"`
}

// The types of failures by which Temporal ended a workflow.
const (
	typeCanceled   = "Canceled"
	typeTerminated = "Terminated"
	typeTimedOut   = "TimedOut"
)

// FailureOf is the error of a wait in a form to print, nil for nil.
func FailureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	f := &Failure{Code: lro.CodeOf(err).String(), Message: err.Error()}
	failure, typed := lro.AsFailure(err)
	var canceled *temporal.CanceledError
	var terminated *temporal.TerminatedError
	var timedOut *temporal.TimeoutError
	switch {
	case typed:
		f.take(failure)
	case errors.As(err, &canceled):
		f.Type, f.Message = typeCanceled, "the wait was canceled"
	case errors.As(err, &terminated):
		f.Type, f.Message = typeTerminated, "its workflow was terminated: no cancel was sent, and the operation may run on"
	case errors.As(err, &timedOut):
		f.Type, f.Message = typeTimedOut, "its workflow ran into its own timeout: no cancel was sent, and the operation may run on"
	}
	return f
}

// take takes the fields of awaitop's own failure.
func (f *Failure) take(failure lro.Failure) {
	f.Type, f.Message = string(failure.Type), failure.Message()
	f.Resources, f.ResourcesOmitted = failure.Resources, failure.ResourcesOmitted
	f.UndoErrors, f.Cause = failure.UndoErrors, failure.Cause
	if failure.Type != lro.TypeOperationFailed {
		f.Status = failure.Status()
	}
}

// failureOfWorkflow is the error of a workflow that is no AwaitOperation, by the state in which it closed. The state
// tells what ended it: its error may hold the cancel or the timeout of an activity or of a child.
func failureOfWorkflow(state string, err error) *Failure {
	f := &Failure{Code: lro.CodeOf(err).String()}
	switch state {
	case stateCanceled:
		f.Type, f.Message = typeCanceled, "the workflow was canceled"
	case stateTerminated:
		f.Type, f.Message = typeTerminated, "the workflow was terminated: nothing was canceled or undone, and its operations may run on"
	case stateTimedOut:
		f.Type, f.Message = typeTimedOut, "the workflow ran into its own timeout: nothing was canceled or undone, and its operations may run on"
	default:
		f.takeError(err)
	}
	return f
}

// takeError takes the type and the message of an error, and names the child workflows and the activity that it
// comes from.
func (f *Failure) takeError(err error) {
	var inner error
	f.Where, inner = origin(err)
	var app *temporal.ApplicationError
	failure, typed := lro.AsFailure(err)
	switch {
	case typed:
		f.take(failure)
	case errors.As(inner, &app):
		f.Type, f.Message = app.Type(), oneLine(app.Message())
	default:
		f.Message = oneLine(inner.Error())
	}
}

// errNoReason stands for an error that Temporal does not tell.
var errNoReason = errors.New("no reason is known")

// origin takes off err what the SDK puts around the error of a workflow, of its children and of an activity of
// theirs. where names the children and the activity, the outermost first.
func origin(err error) (where []string, inner error) {
	for err != nil {
		switch e := err.(type) {
		case *temporal.WorkflowExecutionError:
		case *temporal.ChildWorkflowExecutionError:
			where = append(where, fmt.Sprintf("child workflow %s (%s)", e.WorkflowID(), e.WorkflowType()))
		case *temporal.ActivityError:
			where = append(where, "activity "+e.ActivityType().GetName())
		default:
			return where, err
		}
		err = errors.Unwrap(err)
	}
	return where, errNoReason
}
