// Command dataplane runs a workflow that provisions over six APIs: an address range of Compute Engine and its
// service networking connection, an AlloyDB cluster with its primary instance, a Cloud SQL instance, a Spanner
// instance with a database, and a Memorystore instance. If it fails or is canceled, it undoes them.
//
//	go run ./examples/dataplane                    # all goes well
//	go run ./examples/dataplane -fail-at primary   # AlloyDB's primary instance fails: all is undone
//	go run ./examples/dataplane -cancel-after 8s   # the workflow is canceled
//	go run ./examples/dataplane -lose-replies      # no start hears its reply
//
// The workflow is in the folder plane. The command brings its own Temporal server and a scripted server of each API,
// which speaks the form of that API's operations. Afterwards it asks the servers what exists, and how many operations
// each method has really started. The exit status is 0 if the run ended as the flags asked, no method has started
// two, and nothing is left that should not be.
package main
