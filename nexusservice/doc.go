// Package nexusservice is awaitop as a Nexus service, for workflows of other namespaces and in other
// languages. Only the handler's worker needs the cloud's credentials.
//
// A worker of package worker serves it if its Options have a Nexus:
//
//	worker.Plugin(ctx, worker.Options{Nexus: &nexusservice.Options{
//		Allow: nexusservice.Rule{Resources: []string{"projects/p"}},
//	}})
//
// An endpoint of the Temporal server then leads callers to the worker's namespace and task queue. A
// caller's workflow in Go:
//
//	awaitop := workflow.NewNexusClient("awaitop", nexusservice.Name)
//	var outcome lro.Outcome
//	err := awaitop.ExecuteOperation(ctx, nexusservice.Await, workflows.AwaitInput{Ref: ref},
//		workflow.NexusOperationOptions{}).Get(ctx, &outcome)
//
// Failures are those of package lro: [lro.AsFailure] reads them at the caller. What a caller's input
// causes is an operation failure. The Temporal server does not retry it, and it does not open the
// endpoint's circuit breaker.
package nexusservice
