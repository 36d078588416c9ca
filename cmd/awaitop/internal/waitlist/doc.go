// Package waitlist makes the rows of a list of waits from the statuses of workflows: trouble first, in words that a user
// knows, cut to the width of a terminal. It is pure: the time and the width are arguments, and package screen draws.
package waitlist
