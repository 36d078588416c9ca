// Package awaiters finds the workflows that await operations by their inputs, for callers that know neither their ids
// nor a search attribute: package control, and sweeps.
package awaiters
