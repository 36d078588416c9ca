// Package stepkey makes and reads the keys that mark what steps start. The key is a contract: a later
// release finds by it what this one started, and a sweep finds its workflow.
package stepkey
