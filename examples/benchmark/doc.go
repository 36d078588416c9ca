// Command benchmark awaits the same scripted operations in several ways, side by side. It reports
// what each way costs and how well it does: history events, CPU of the Temporal server and of the
// workers, memory, API calls, billable actions, and how late an end is noticed.
//
//	go run ./examples/benchmark -n 100 -runs 1
//	go run ./examples/benchmark -scenario cpu -out results
//	go run ./examples/benchmark -scenario at-server
//
// Each run of a pattern has a Temporal dev server, a scripted Spanner and worker
// processes of its own. Runs are interleaved, the first of all patterns, then
// the second, so that a busy moment of the machine does not hit one alone.
// Absolute figures are the machine's; compare the ratios.
//
// Memory and CPU are read from /proc, which only Linux has. Elsewhere they are missing.
package main
