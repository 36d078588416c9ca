// Package names has the registered names of the activities of package activities/spanner. They are
// contracts: a running workflow finds its activities by them.
//
// They stand apart because workflow code starts the activities by name and must not reach Spanner's
// generated client.
package names
