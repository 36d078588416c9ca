// Package command has the common parts of the examples' command lines: flags, their errors, exit
// statuses.
package command
