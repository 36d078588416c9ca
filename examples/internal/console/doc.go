// Package console is what the examples print to: lines, and on a terminal the
// live state of what is under way below them.
package console
