// Package sets has what the activities of sets take, return and record: PollOperations, CancelOperations
// and ReadOperations, each for up to [MaxSize] operations. Package activities runs them, package workflows
// starts them, package control reads their records.
//
// The JSON is a contract, see testdata. The package is internal because a workflow of a user's awaits sets
// with workflows.AwaitAll.
package sets
