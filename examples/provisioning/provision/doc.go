// Package provision is a workflow as a user of awaitop writes it: a Spanner
// instance, databases in it side by side, each with its schema, then an index
// over data, then a backup. If it fails or is canceled, nothing is left. Begin with
// [Workflow].
//
// The command provisioning runs the workflow. The end-to-end tests cancel it, and kill its
// worker, at hundreds of points.
package provision
