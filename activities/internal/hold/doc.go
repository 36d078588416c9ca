// Package hold says how an activity that waits is held by its worker: in its slot, or
// without one, until it ends or hands its wait back to the Temporal server.
//
// A [Holder] has the places of a process. An [Attempt] is one attempt of an activity: it
// takes a place, ends with its worker, and tells the server how it ended. A [Heart] beats
// for it.
package hold
