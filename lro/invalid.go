package lro

import (
	"errors"
	"fmt"
	"strings"
)

// InvalidError says which field of an input is wrong, its value, and what is wanted. When it is
// returned, nothing has been sent.
type InvalidError struct {
	// Field is the JSON path of the field, such as "policy.initial".
	Field string
	// Value is the field's value, in text.
	Value string
	// Want says which values are valid.
	Want string
	// Problem says what is wrong with Value, if Want alone does not.
	Problem string
	// Newer says that the field may be one of a newer release, whose workers know it.
	// activities.NewError makes such an input retryable.
	Newer bool
}

// Error returns one line that names the field and quotes the value. Both may be any text from
// outside, so each is cut to 200 bytes.
func (e *InvalidError) Error() string {
	text := fmt.Sprintf("%s: %q", clip(e.Field, 200), clip(e.Value, 200))
	if e.Problem != "" {
		text += " " + clip(e.Problem, 200)
	}
	// A quoted byte takes four, so that this does not cut Want.
	return oneLine(text+"; want "+e.Want, 4<<10)
}

// InField renames an [*InvalidError] for the field from, or for one below it, to the field to. It
// returns any other error as it is.
func InField(err error, from, to string) error {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	moved := *invalid
	if rest, ok := strings.CutPrefix(moved.Field, from); ok {
		moved.Field = to + rest
	}
	return &moved
}
