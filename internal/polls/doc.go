// Package polls counts the reads of a wait, and says in words what a read has shown. The count crosses process
// boundaries, so it has bounds.
package polls
