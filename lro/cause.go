package lro

import (
	"errors"
)

// Cause is an error as data. A failure must not have it in its chain, because Temporal takes a
// failure for what its chain holds: a workflow that fails with a CanceledError in the chain closes
// as canceled and loses its own failure.
type Cause struct {
	// Type is the failure's type as on the wire, such as
	// "OperationFailed.ABORTED", or another ApplicationError's, or "".
	Type string `json:"type,omitempty"`
	// Message is the error's text, on one line.
	Message string `json:"message"`
	// Canceled is true for a cancellation.
	Canceled bool `json:"canceled,omitempty"`
	// Operation is the text form of the Ref the error was about, "" for none.
	Operation string `json:"operation,omitempty"`
	// Status is the failure's, nil without one.
	Status *Status `json:"status,omitempty"`
}

// CauseOf returns err as data, nil for nil.
func CauseOf(err error) *Cause {
	if err == nil {
		return nil
	}
	c := &Cause{Message: err.Error(), Canceled: isCanceled(err)}
	if f, ok := AsFailure(err); ok {
		c.Canceled = c.Canceled || f.Type == TypeOperationCanceled
		c.Type, c.Message, c.Operation, c.Status = f.ErrorType(), f.message(), f.Ref.String(), f.Status()
		return c.bounded()
	}
	var app applicationError
	if errors.As(err, &app) {
		c.Type = app.Type()
	}
	if o, ok := OutcomeOf(err); ok {
		c.Operation = o.Ref.String()
	}
	return c.bounded()
}

func (c *Cause) bounded() *Cause {
	if c == nil {
		return nil
	}
	out := *c
	out.Type, out.Message = clip(c.Type, 200), oneLine(c.Message, maxLine)
	out.Operation = clip(c.Operation, MaxNameLength)
	out.Status = c.Status.Bound()
	return &out
}
