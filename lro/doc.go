// Package lro is the vocabulary of awaitop: the names of long-running operations, their observed
// states, how a wait for one ended, and why it failed.
//
// The types are the payloads of awaitop's workflows and activities, and read the same from any
// Temporal SDK. They hold raw JSON where the API does: metadata, response and error details are
// google.protobuf.Any, often of types that no Go program has linked in.
//
//	Ref        //spanner.googleapis.com/projects/p/instances/i/operations/o
//	Operation  {"name": ..., "done": true, "metadata": ..., "response": ...}
//	Status     {"code": 9, "message": ..., "details": [...]}
//	Outcome    {"ref": ..., "operation": ..., "polls": 7, "cancellation": ...}
//
// Go error values do not survive Temporal's boundary. So a failure is a temporal.ApplicationError
// with one of the types of [FailureType] and one [Failure] in its details. [AsFailure], [CodeOf],
// [Detail], [Reason] and [Retryable] read it from an activity, child workflow or client error of
// any depth.
//
// The package is pure: it reads no clock, draws no random number and does no I/O, so workflow code
// may call all of it. Its values are safe for concurrent reads.
package lro
