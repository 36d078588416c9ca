// Package e2e has awaitop's end-to-end tests: a real Temporal server as its own
// process, real HTTP to a scripted Spanner, and the Spanner emulator where the
// machine has one.
package e2e
