package sets

import (
	"github.com/awaitop/awaitop/lro"
)

// States are the states of a set's operations, a letter each.
type States string

// The letters of [States].
const (
	Running   = 'r'
	Succeeded = 's'
	Failed    = 'f'
	Canceled  = 'c'
	// Unread: the state could not be read. Failure has the reason.
	Unread = 'x'
)

// State returns the state of an operation. It is running for one that could not be read.
func (s States) State(index int) lro.State {
	switch s[index] {
	case Succeeded:
		return lro.StateSucceeded
	case Failed:
		return lro.StateFailed
	case Canceled:
		return lro.StateCanceled
	default:
		return lro.StateRunning
	}
}

// LetterOf returns the letter of a state.
func LetterOf(state lro.State) byte {
	switch state {
	case lro.StateSucceeded:
		return Succeeded
	case lro.StateFailed:
		return Failed
	case lro.StateCanceled:
		return Canceled
	default:
		return Running
	}
}
