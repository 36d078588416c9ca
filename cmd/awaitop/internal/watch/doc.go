// Package watch keeps the statuses of many workflows up to date, at a bounded load on the Temporal server.
package watch
