// Package hold keeps an activity that waits: in its slot, or without one, until it ends or hands
// its wait back to the Temporal server.
//
// A [Holder] has room for the attempts of a process. An [Attempt] is one attempt of an activity. It
// takes room, ends with its worker, and reports its end to the server. A [Heart] beats for it.
package hold
