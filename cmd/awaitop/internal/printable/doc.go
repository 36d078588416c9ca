// Package printable makes text from outside fit for a terminal, a log or a table. The messages of services, the names of
// workflows and the errors of the Temporal server may hold any character and be of any length.
package printable
