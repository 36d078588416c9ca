// Package spanner has activities that start the long-running operations of Cloud Spanner's admin
// APIs, and the activities that an undo needs: delete and get. Package activities/starters makes
// them out of what is Spanner's own.
//
// A starter is start-or-adopt. Any number of workers may try it any number of times, after a lost
// reply, a crash between the call and its record, or a retry or reset of its workflow. One
// operation is started, and it is the caller's. If somebody else made the resource, the starter
// fails with lro.TypeStartFailed and code ALREADY_EXISTS.
//
// How a starter knows the caller's own:
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
// Before each call the starter records its intent as a heartbeat: the resource and the operations
// that are there. A later operation of the same method on the same target is the caller's own. In a
// workflow's first run, an operation that was there is not. Without a key, one ambiguity remains:
// if somebody else makes the same resource by the same name between that look and a call whose
// reply is lost, the starter takes it for the caller's.
//
// A starter never adopts an operation that ended in an earlier life of the resource, or that failed
// in an earlier try. The next try starts the next generation.
package spanner
