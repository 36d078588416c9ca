// Command quickstart runs three waits on a Temporal server: an instance that is
// created, a schema change that fails, and an instance whose creation is
// canceled in flight.
//
// Without flags it starts a local Temporal server with its Web UI and a scripted
// Spanner. See -help for the others.
package main
