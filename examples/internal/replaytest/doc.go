// Package replaytest replays the recorded histories of an example's workflow.
package replaytest
