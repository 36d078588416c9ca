package workflows

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google/names"
	spanner "github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/lro"
)

// step is the step of the input.
func (in *RunInput) step() Step[json.RawMessage] {
	step := Step[json.RawMessage]{
		Name: in.Step, Activity: names.Start, Undo: names.Delete, Get: names.Get,
		Method: in.Method, Target: in.Target, ForceUndo: in.ForceUndo, StepOptions: in.StepOptions,
	}
	if !in.Request.IsZero() {
		step.Request = in.Request
	}
	if own, is := spanner.OwnOf(in.Method); is {
		step.Activity, step.Undo, step.Get, step.Request = own.Start, own.Remove, "", nil
		if len(in.Request.Body) > 0 {
			step.Request = in.Request.Body
		}
	}
	if in.WithoutUndo {
		step = step.WithoutUndo()
	}
	return step
}

// validateOwn reports what the starter of one method does not take, if the input's method has a starter of its own.
func (in *RunInput) validateOwn() error {
	own, is := spanner.OwnOf(in.Method)
	switch {
	case !is:
		return nil
	case len(in.Request.UpdateMask) > 0:
		return &lro.InvalidError{Field: "request.updateMask", Value: strings.Join(in.Request.UpdateMask, ","), Want: "none: " + in.Method + " has none"}
	case len(in.Request.Parameters) > 0:
		first := firstParameter(in.Request.Parameters)
		return &lro.InvalidError{Field: "request.parameters." + first, Value: in.Request.Parameters[first], Want: "none: " + in.Method + " has none"}
	case own.Remove == "" && !in.WithoutUndo:
		return &lro.InvalidError{Field: "withoutUndo", Value: fmt.Sprint(in.WithoutUndo), Want: "true: " + in.Method + " makes nothing that could be deleted"}
	default:
		return nil
	}
}

// firstParameter is the first name of parameters, in their order.
func firstParameter(parameters map[string]string) string {
	return slices.Min(slices.Collect(maps.Keys(parameters)))
}

// inItsWords returns an error that refuses the input with the field's path in RunInput. A starter of one method reads the
// body alone, and calls it "request".
func (in *RunInput) inItsWords(err error) error {
	failure, typed := lro.AsFailure(err)
	_, own := spanner.OwnOf(in.Method)
	rest, inBody := strings.CutPrefix(failure.Field, "request")
	if !typed || !own || failure.Type != lro.TypeInvalidInput || !inBody || strings.HasPrefix(failure.Field, "request.body") {
		return err
	}
	if reason, told := strings.CutPrefix(failure.Reason, failure.Field); told {
		failure.Reason = "request.body" + rest + reason
	}
	failure.Field = "request.body" + rest
	return activities.NewError(failure)
}
