// Package contractgen writes the contract as a document, contract/awaitop.nexusrpc.yaml, from the Go types and their
// comments:
//
//	go generate ./internal/contractgen
//
// The document has the form of Temporal's NexGen: JSON Schema 2020-12 under $defs, and services whose operations name an
// input and an output. A kind of name is a service: workflows, updates, queries, activities. What the form has no place
// for stands under keys that begin with x-awaitop.
//
// The form takes less than JSON Schema does. A definition is an object, so a Ref or a duration is described where it is
// used. A $ref has no other key beside it, so the comment of such a field stands in the description of its object.
//
// Two rules say what an object may have beside its fields:
//
//   - What users write is closed, because awaitop refuses a field that it does not have.
//   - What workers write is open, because a later release may add fields. Where a worker writes a type that users write,
//     too, the definition's name ends in ByWorker.
//
// For the same reason a value set of what users write is an enum, and one of what workers write is a list under
// x-awaitop-values.
package contractgen

//go:generate go test . -run ^TestDocument$ -update
