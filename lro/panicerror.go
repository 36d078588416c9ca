package lro

import "fmt"

// PanicError is the cause of the [*Error] that a panic of a [Client] becomes.
type PanicError struct {
	// Value is the value that was given to panic.
	Value any
	// Stack is that of the goroutine that panicked, in the form of debug.Stack.
	Stack []byte
}

// Error returns the value, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("the client panicked: %v", e.Value) }
