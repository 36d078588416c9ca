package activities

import (
	"github.com/awaitop/awaitop/lro"
)

// SetStates are the states of a set's operations, a letter each.
type SetStates string

// The letters of [SetStates].
const (
	SetRunning   = 'r'
	SetSucceeded = 's'
	SetFailed    = 'f'
	SetCanceled  = 'c'
	// SetUnknown: the state could not be read. SetFailure has the reason.
	SetUnknown = 'x'
)

// State returns the state of an operation. It is running for one that could not be read.
func (s SetStates) State(index int) lro.State {
	switch s[index] {
	case SetSucceeded:
		return lro.StateSucceeded
	case SetFailed:
		return lro.StateFailed
	case SetCanceled:
		return lro.StateCanceled
	default:
		return lro.StateRunning
	}
}

// LetterOf returns the letter of a state.
func LetterOf(state lro.State) byte {
	switch state {
	case lro.StateSucceeded:
		return SetSucceeded
	case lro.StateFailed:
		return SetFailed
	case lro.StateCanceled:
		return SetCanceled
	default:
		return SetRunning
	}
}
