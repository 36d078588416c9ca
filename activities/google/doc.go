// Package google has activities that start the long-running operations of any service of Google's in
// package catalog, and the activities that an undo needs: delete and get. What is known of a method is
// the catalog's. Package activities/starters makes the activities out of it.
//
// A starter is start-or-adopt: any number of workers may try it any number of times, and one operation
// is started. How it knows the caller's own is the method's [catalog.Exactness]:
//
//	requestId       the API itself starts one operation for one id, for an hour. The id is made of the
//	                step's key and a generation. After the hour the starter looks first, by the rows below
//	label           the key, a label "awaitop_key" of what the method makes
//	own id          what was not there before the call, and is there after it, is the caller's. So is an
//	                operation that is newer than the call and whose metadata names the target
//	metadata, age   the same, without a resource to look at
//	nothing         the call may be made twice, and only with Request.MayStartTwice
//
// A method that takes labels gets the key as a label whatever its class is, so that an undo and a sweep
// know what is whose.
//
// # Generations
//
// Within the hour a service answers a request id with the operation that it began, even if what that
// operation made was deleted since. An undo and a retry of the workflow do that. An answer of before
// this try, or of a resource that is gone, makes the starter call again with the id of the next
// generation. A failed operation is of before if it was listed before the first call, or by its times. A
// start that goes wrong about it leaves one failed operation behind, and no second.
//
// # Undo
//
// The delete reads the resource, and deletes it only if it is the caller's by its label, its createTime
// or the operation that made it. It sends the etag that it has read, if the method takes one.
package google
