// Package spanner has activities that start the long-running operations of Cloud Spanner's admin
// APIs, and activities that an undo needs: delete and get. They are values of package
// activities/starters.
//
// A starter is start-or-adopt. Any number of workers may try it any number of times: after a lost
// reply, a crash between the call and its record, or a retry or reset of the workflow. One operation
// is started, and it is the caller's. A resource that somebody else made is a failure
// lro.TypeStartFailed with code ALREADY_EXISTS.
//
// The caller's own is known by this:
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
// Before each call a starter records its intent as a heartbeat: the resource and the operations that
// are there. An operation of the same method on the same target that comes later is the caller's. In
// a workflow's first run, what was there is not. Methods without a key leave an ambiguity. If somebody
// else makes the same resource by the same name between the look and the call, and the reply of the
// call is lost, the starter takes that resource for the caller's.
//
// A starter never adopts an operation that ended in an earlier life of the resource, nor one that
// failed in an earlier try. The next try starts the next generation.
package spanner
