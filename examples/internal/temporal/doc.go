// Package temporal gives an example the Temporal server it runs on: the one that
// is named, or a dev server of its own.
package temporal
