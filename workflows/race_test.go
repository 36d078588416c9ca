//go:build race

package workflows_test

func init() { raceEnabled = true }
