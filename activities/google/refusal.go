package google

import (
	"errors"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// refusal is an error of the catalog, in its words, that is an [*lro.InvalidError].
type refusal struct{ lacks *catalog.Error }

func (r refusal) Error() string { return r.lacks.Error() }

// Unwrap returns the error for callers that look for the field.
func (r refusal) Unwrap() error {
	return &lro.InvalidError{Field: r.lacks.Field, Value: r.lacks.Value, Problem: r.lacks.Problem, Want: r.lacks.Want}
}

// invalid returns an error of the catalog as one that is an [*lro.InvalidError].
func invalid(err error) error { return remedied(err, "") }

// remedied is invalid with what to write in Go, of packages workflows and workflows/google, "" for nothing.
func remedied(err error, write string) error {
	var lacking *catalog.Error
	if !errors.As(err, &lacking) {
		return err
	}
	if write == "" {
		return refusal{lacking}
	}
	told := *lacking
	told.Want += ", " + write
	return refusal{&told}
}

// What to write about a step that cannot be undone, and about one that may start twice.
const (
	writeUndo  = "by the step's UndoneBy or WithoutUndo (in JSON \"withoutUndo\": true); a Compensate alone keeps the delete, so give it to UndoneBy"
	writeTwice = "by MayStartTwice in the step's Request, if a second operation does no harm"
)

// check reports, as an [*lro.InvalidError], why the method cannot be started for a target.
func (m method) check(r Request, target string) error {
	for _, problem := range []error{m.CheckID(), m.CheckAwait(), m.CheckVerb()} {
		if problem != nil {
			return invalid(problem)
		}
	}
	if r.MayStartTwice || m.takesRequestID() {
		return nil
	}
	return remedied(m.CheckExactnessOn(target), writeTwice)
}

// checkUndo reports, as an [*lro.InvalidError], why a delete of the target cannot undo the method. A
// method of an unknown id cannot be started either: another undo would not help.
func (m method) checkUndo() error {
	if err := m.CheckID(); err != nil {
		return invalid(err)
	}
	return remedied(m.CheckUndo(), writeUndo)
}

// unserved returns the refusal of a service that the worker does not serve, which the client says of the field
// or of none, in the words of the worker's configuration. It returns any other error as it is.
func (m method) unserved(field string, err error) error {
	var refused *lro.InvalidError
	if !errors.As(err, &refused) || refused.Field != field+".service" && refused.Field != "service" {
		return err
	}
	out := &lro.InvalidError{
		Field: "method", Value: m.ID, Problem: "is of " + m.Service.Host + ", which this worker does not serve",
		Want: m.Service.Host + ", or a pattern such as *.googleapis.com, among the services of the worker's configuration",
	}
	if _, served, ok := strings.Cut(refused.Want, ": "); ok {
		out.Want += ", which has: " + served
	}
	return out
}
