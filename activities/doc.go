// Package activities reads and controls long-running operations from Temporal
// activities: get, cancel, delete, list, and poll.
//
// [PollOperation] is the one that waits. It reads the operation in-process
// while the interval is short, and hands the wait back to the Temporal server
// between reads once the interval is long, so that a long wait holds no slot
// and no wait adds history events. The other activities are single requests.
//
// The package talks to an API through the [Client] it is given; package rest
// has the one for services of the uniform HTTP mapping, package testsuite a
// scripted one. Registered names and payloads are contracts, see names.go and
// testdata.
package activities
