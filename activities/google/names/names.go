// Package names has the registered names of the activities of package activities/google. They are
// contracts: a running workflow finds its activities by them.
//
// They stand apart because workflow code starts the activities by name and must not reach the catalog.
package names

// The activities.
const (
	// Start starts an operation of any method of the catalog.
	Start = "awaitop.google.Start"
	// Delete deletes what such a method has made, as an undo does.
	Delete = "awaitop.google.Delete"
	// Check checks such a start by the API, and starts nothing.
	Check = "awaitop.google.Check"
	// Get reads what such a method has made.
	Get = "awaitop.google.Get"
)
