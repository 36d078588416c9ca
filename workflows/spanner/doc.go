// Package spanner makes the steps of workflows that provision Cloud Spanner, for
// workflows.Run:
//
//	instance, err := workflows.Run(ctx, saga, spanner.CreateInstance("projects/p/instances/i", spanner.Instance{
//		Config:          "projects/p/instanceConfigs/regional-europe-west1",
//		DisplayName:     "orders",
//		ProcessingUnits: 100,
//	}))
//
// Each function takes the resource's name and the request as a struct. The result has the
// type of the resource, and [SchemaCommits] that of a schema change. The functions whose
// names end in Proto take and return the message of the generated client instead, such
// as *instancepb.Instance, with every field that the API has.
//
// The steps that make a resource delete it on undo. Those that change one have
// nothing to delete: give them a Step.Compensate where the change is to be taken
// back. What Spanner itself does on a cancel is in docs/provisioning.md.
//
// The workers need package activities/spanner's activities registered, as
// package worker does.
package spanner
