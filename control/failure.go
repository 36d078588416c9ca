package control

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// Failure is the error that a wait ended with, in a form to print.
type Failure struct {
	// Type is an lro.FailureType, or "Canceled", "Terminated" or "TimedOut" if the workflow
	// ended so. "" for any other error.
	Type string `json:"type,omitempty"`
	// Code is the google.rpc.Code that lro.CodeOf returns, such as "NOT_FOUND".
	Code string `json:"code"`
	// Message is a line for people.
	Message string `json:"message"`
}

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
		f.Type, f.Message = string(failure.Type), failure.Message()
	case errors.As(err, &canceled):
		f.Type, f.Message = "Canceled", "the wait was canceled"
	case errors.As(err, &terminated):
		f.Type, f.Message = "Terminated", "its workflow was terminated: no cancel was sent, and the operation may run on"
	case errors.As(err, &timedOut):
		f.Type, f.Message = "TimedOut", "its workflow ran into its own timeout: no cancel was sent, and the operation may run on"
	}
	return f
}
