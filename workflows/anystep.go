package workflows

import (
	"fmt"

	"github.com/awaitop/awaitop/lro"
)

// AnyStep is a step of any result, as [RunAll] takes it: a [Step], whose result is not read,
// or the return value of [Step.Into].
type AnyStep interface {
	// untyped returns the step, and the function that takes its result; nil if its result
	// is not read.
	untyped() (step, resultFunc)
}

// resultFunc takes a step's result from its operation, which may have failed.
type resultFunc func(op lro.Operation) error

// OperationDecoder is implemented by the *T of a result that is not the operation's
// response, but is in its metadata for one. The operation may have failed, and may have
// neither metadata nor response. DecodeOperation may be called more than once.
type OperationDecoder interface {
	DecodeOperation(op lro.Operation) error
}

func (s Step[T]) untyped() (step, resultFunc) { return step(s), nil }

// Into returns the step with a place for its result: *result is set when the step has been
// run. If the step fails, *result is the zero T, or the part of the result that a failed
// operation has.
func (s Step[T]) Into(result *T) AnyStep { return stepInto[T]{s, result} }

type stepInto[T any] struct {
	step   Step[T]
	result *T
}

func (s stepInto[T]) untyped() (step, resultFunc) { return step(s.step), resultInto(s.result) }

// resultInto returns the function that sets *result, nil if there is nothing to set.
func resultInto[T any](result *T) resultFunc {
	if _, nothing := any(result).(*struct{}); nothing || result == nil {
		return nil
	}
	return func(op lro.Operation) (err error) {
		if decoder, own := any(result).(OperationDecoder); own {
			return decoder.DecodeOperation(op)
		}
		if op.State() != lro.StateSucceeded {
			return nil
		}
		if *result, err = lro.Decode[T](op.Response); err != nil {
			return fmt.Errorf("its response is no %T: %w", *result, err)
		}
		return nil
	}
}
