// Package printable is the one place that makes text from outside fit to be shown: on a
// terminal, in a log, in a table. A service's messages, names that others chose and the
// Temporal server's errors may hold anything, and be of any length.
package printable
