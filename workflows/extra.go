package workflows

import (
	"cmp"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// extra is an argument beside the one input of a workflow or an update. The SDK would ignore it, and a caller in
// another language would lose the options in it.
type extra struct{ raw string }

// UnmarshalJSON never fails, see [AwaitInput.UnmarshalJSON]. null is absent.
func (e *extra) UnmarshalJSON(raw []byte) error {
	if e.raw = strings.TrimSpace(string(raw)); e.raw == "null" {
		e.raw = ""
	}
	return nil
}

// validate refuses the argument if it is there.
func (e extra) validate() error {
	if e.raw == "" {
		return nil
	}
	return &lro.InvalidError{Field: "input", Value: e.raw, Want: "one object with all fields", Problem: "is a second argument"}
}

// into makes the input invalid if the argument is there. Its frame is kept off the stack that blocks.
//
//go:noinline
func (e *extra) into(in *AwaitInput) *AwaitInput {
	in = cmp.Or(in, &AwaitInput{}) // the payload may be null
	in.invalid = e.or(in.invalid)
	return in
}

// or returns the problem of the input, else that of an argument beside it, which may be nil.
func (e *extra) or(problem error) error {
	if problem == nil && e != nil {
		return e.validate()
	}
	return problem
}

// handling is an update's handler as it is registered.
func handling[Input any](handle func(workflow.Context, Input) (WaitStatus, error)) any {
	return func(ctx workflow.Context, in Input, _ extra) (WaitStatus, error) { return handle(ctx, in) }
}

// validating is an update's validator as it is registered.
func validating[Input any](w *wait, validate func(workflow.Context, Input) error) any {
	return func(ctx workflow.Context, in Input, more extra) error {
		if err := more.validate(); err != nil {
			return w.invalidUpdate(err)
		}
		return validate(ctx, in)
	}
}
