// Package temporal gives an example its Temporal server: the one at a given address, or a dev
// server of its own.
package temporal
