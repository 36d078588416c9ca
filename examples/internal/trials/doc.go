// Package trials is what the examples share that run a workflow once and disturb it: the flags that say how, and the report
// of how it ended.
package trials
