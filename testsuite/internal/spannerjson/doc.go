// Package spannerjson reads the bodies of Spanner's admin requests as Spanner
// does, by the JSON mapping of protocol buffers: an enum may be a number, a
// name may be in snake_case, an int32 may be text, and a zero value is the same
// as no value. A name that the message does not have is refused.
//
// The messages are those of google.golang.org/api/spanner/v1, whose structs
// hold the JSON name and the type of each field. Their enums are plain strings,
// so enums.go holds the values.
package spannerjson
