// Package google makes the steps of workflows that provision any service of Google's, for
// workflows.Run:
//
//	cluster, err := workflows.Run(ctx, saga, google.Start[Cluster](
//		"alloydb.projects.locations.clusters.create", "projects/p/locations/l/clusters/c",
//		map[string]any{"network": network}))
//
// The method is named by its id in the discovery documents. Package catalog has all that start
// operations, and docs/methods.md lists them. The target is the full name of what the method makes or
// changes: the step sets the id, the key and the requestId of the request by it.
//
// The result is a T: the operation's response, or where an operation has none, as those of Compute
// Engine, the resource itself. T is a struct with the fields that the workflow needs, a generated
// message, or struct{} for nothing. A field that T does not have is left out.
//
// # Undo
//
// A saga undoes a step that makes a resource: it deletes the resource, if it is the saga's own. A step
// whose method makes none, or whose delete no document tells, is refused in a saga before anything is
// sent. Step.WithoutUndo says that there is none, Step.UndoneBy gives it one of the caller's own:
//
//	google.Start[struct{}]("alloydb.projects.locations.clusters.instances.restart", name, nil).WithoutUndo()
//
// # Exactly once
//
// How surely a start survives a lost reply depends on the method, see catalog.Exactness. A method of
// which nothing tells its operation from another's is refused, unless [Request].MayStartTwice allows it.
//
// The workers need package activities/google's activities registered, as package worker does, and have
// to serve the service, see rest.Service.
package google
