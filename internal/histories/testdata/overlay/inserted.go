package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// InsertedTimer is the place at which a timer is inserted, 0 for none.
var InsertedTimer int

// ReachedPlaces are the places that workflow code has reached.
var ReachedPlaces = map[int]bool{}

// insertTimer sleeps if a timer is to be inserted at the place. A canceled context would
// make no timer.
func insertTimer(ctx workflow.Context, place int) {
	ReachedPlaces[place] = true
	if place == InsertedTimer {
		free, _ := workflow.NewDisconnectedContext(ctx)
		_ = workflow.Sleep(free, time.Millisecond)
	}
}
