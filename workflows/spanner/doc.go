// Package spanner makes the steps of workflows that provision Cloud Spanner, for
// workflows.Run:
//
//	instance, err := workflows.Run[spanner.Instance](ctx, saga,
//		spanner.CreateInstance("projects/p/instances/i", spanner.Instance{
//			Config:          "projects/p/instanceConfigs/regional-europe-west1",
//			DisplayName:     "orders",
//			ProcessingUnits: 100,
//		}))
//
// Resources and requests are given and returned in the API's JSON. The structs
// here have the fields most in use; anything else that encodes to the same JSON
// will do, such as a type of google.golang.org/api/spanner/v1 or a map. Fields
// that the API does not have are refused.
//
// The steps that make a resource delete it on undo. Those that change one have
// nothing to delete: give them a Step.Compensate where the change is to be taken
// back. What Spanner itself does on a cancel is in docs/provisioning.md.
//
// The workers need package activities/spanner's activities registered, as
// package worker does.
package spanner
