// Package spanner has activities that start the long-running operations of Cloud
// Spanner's admin APIs, and those that an undo needs: delete and get.
//
// A starter is start-or-adopt. It may be tried any number of times, by any
// number of workers, after a lost reply, a crash between the call and its
// record, or a retry or reset of its workflow: one operation is started, and it
// is the caller's. A resource that somebody else made is a failure
// lro.TypeStartFailed with code ALREADY_EXISTS.
//
// What tells the caller's own apart:
//
//	method                             by
//	CreateInstance, -InstanceConfig    the key, a label "awaitop_key" of the resource
//	UpdateDatabaseDdl                  the key, as operationId
//	CreateDatabase, RestoreDatabase,   that the resource was not there before the call, that the
//	Create- and CopyBackup,            operation is new, and its metadata; after a workflow's retry or
//	CreateInstancePartition            reset: not older than the workflow, and its metadata
//	updates, MoveInstance,             that the operation is new, and its metadata, which holds the
//	ChangeQuorum                       request; after a retry or reset: that it is the last one
//
// Before each call its intent is recorded as a heartbeat: the resource and the
// operations that were there. What comes to be of the same method on the same
// target is the caller's own. In a workflow's first run, what was there is not.
// For those without a key an ambiguity remains: somebody else who makes the same
// resource, by the same name, between that look and a call whose reply is lost,
// is taken for the caller.
//
// An operation that has ended in an earlier life of the resource is never
// adopted, nor is one that failed in an earlier try: the next try starts the
// next generation.
package spanner
