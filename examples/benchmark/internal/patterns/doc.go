// Package patterns has the ways in which programs await long-running operations, each in a file of
// its own. The benchmark runs them side by side. All read operations with the same client and,
// unless a file says otherwise, at the same intervals, so that only the pattern differs.
package patterns
