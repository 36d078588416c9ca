package catalog

import "fmt"

// Error says what the catalog lacks about an input. It is found before anything is sent.
type Error struct {
	// Field is "method" or "service".
	Field string
	// Value is that of the field.
	Value string
	// Problem says what is wrong with Value.
	Problem string
	// Want says what to do or to write, "" if that is not known.
	Want string
}

// Error returns one line that quotes the value and says what to do.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Problem)
	if e.Want != "" {
		text += "; " + e.Want
	}
	return text
}
