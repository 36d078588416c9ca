// Package polls counts the reads of a wait. The count crosses process boundaries, so it has bounds.
package polls
