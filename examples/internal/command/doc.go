// Package command is what the examples' command lines have in common: flags, how
// they are refused, exit statuses.
package command
