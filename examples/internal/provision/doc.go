// Package provision is a workflow as a user of awaitop writes it: a Spanner
// instance, databases in it side by side, each with its schema, then an index
// over data, then a backup. If it fails or is canceled, nothing is left.
//
// The example provisioning runs it, and the end-to-end tests cancel and kill it
// at each point they can think of.
package provision
