// Package runs awaits the run of a workflow that an example has started, and cancels it when asked.
package runs
