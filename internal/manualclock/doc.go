// Package manualclock is a clock for tests. It stands still until a test moves it, or jumps to the
// next wake-up by itself, so that hours of polling pass at once. Temporal's test environment and
// the scripted service of package testsuite share one.
package manualclock
