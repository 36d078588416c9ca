// Package control looks at waits from outside their workflows, and steers them.
//
//   - [Describe] merges the workflow's own status with the heartbeats of its polls: progress, the last
//     error, the next poll. It costs no history event.
//   - [Find] finds the running waits for an operation, whatever the ids of their workflows.
//   - [List] describes all waits of a namespace, in pages.
//   - [PollNow], [SetPolicy], [SetDeadline], [Cancel] and [Abandon] are the updates that an
//     AwaitOperation workflow takes.
//
// A wait that is inline in a workflow of yours is described with that workflow. It takes no
// updates: cancel its workflow.
//
// All functions are safe for concurrent use.
package control
