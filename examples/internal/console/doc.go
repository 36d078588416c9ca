// Package console prints lines for the examples, and below them, on a terminal, the live state of
// the waits under way.
package console
