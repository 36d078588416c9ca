package workflows

import (
	"sync"
	"time"

	"go.temporal.io/sdk/workflow"
)

// inserted guards the place at which a timer is inserted, and the places that workflow code has reached. On a busy machine
// the code of a replay may still run when the next one begins.
var inserted struct {
	sync.Mutex
	place   int // 0 for none
	reached map[int]bool
}

// InsertTimerAt inserts a timer at a place from now on.
func InsertTimerAt(place int) {
	inserted.Lock()
	defer inserted.Unlock()
	inserted.place = place
}

// ForgetPlaces forgets which places have been reached, and returns them.
func ForgetPlaces() map[int]bool {
	inserted.Lock()
	defer inserted.Unlock()
	reached := inserted.reached
	inserted.reached = map[int]bool{}
	return reached
}

// reach notes a place, and reports whether a timer is to be inserted there.
func reach(place int) bool {
	inserted.Lock()
	defer inserted.Unlock()
	if inserted.reached != nil {
		inserted.reached[place] = true
	}
	return place == inserted.place
}

// insertTimer sleeps if a timer is to be inserted at the place. A canceled context would
// make no timer.
func insertTimer(ctx workflow.Context, place int) {
	if reach(place) {
		free, _ := workflow.NewDisconnectedContext(ctx)
		_ = workflow.Sleep(free, time.Millisecond)
	}
}
