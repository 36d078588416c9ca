// Command provisioning runs a workflow that provisions Spanner in steps: an instance, databases
// side by side, each with its schema, an index over data, a backup. If it fails or is canceled, it
// undoes them.
//
//	go run ./examples/provisioning                    # all goes well
//	go run ./examples/provisioning -fail-at index     # the index fails: all is undone
//	go run ./examples/provisioning -cancel-after 8s   # the workflow is canceled
//	go run ./examples/provisioning -lose-replies      # no start hears its reply
//
// The workflow is in the folder provision. By default the command brings its own Temporal
// server and a scripted Spanner; see -help for others. Afterwards it asks the server what
// exists. The exit status is 0 if the run ended as the flags asked and nothing is left that
// should not be.
package main
