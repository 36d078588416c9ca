// Package plane is a workflow that provisions the data plane of an application: an address range and
// a service networking connection, an AlloyDB cluster with its primary instance, a Cloud SQL instance, a
// Spanner instance with a database, and a Memorystore instance. These are six APIs, whose operations have three
// forms. If it fails or is canceled, nothing is left. Begin with [Workflow].
//
// Package workflows/google makes most steps, package workflows/spanner those of Spanner. The connection
// is what the catalog cannot tell how to start: its starter is in connections.go.
//
// The command dataplane runs the workflow. The end-to-end tests cancel it, and kill its worker, at
// hundreds of points.
package plane
