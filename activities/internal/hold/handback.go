package hold

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// HandBackType is the ApplicationError type with which an attempt hands its wait back to
// the Temporal server: a contract, see activities.YieldType.
const HandBackType = "StillRunning"

// MinimumRetryDelay is the shortest NextRetryDelay that the server keeps to.
const MinimumRetryDelay = time.Second

// NextPoll hands a wait back to the server for the given time. status says in words what the wait
// does. Do not wrap the error: the SDK finds its benign category by a type assertion.
func NextPoll(status string, wait time.Duration) error {
	wait = min(max(wait, MinimumRetryDelay), lro.MaxDuration) // intervals have no limit, times of the server do
	return handBack(fmt.Sprintf("%s, next poll in %.0fs", status, wait.Seconds()), wait)
}

// NoRoom hands back a wait that finds no room to wait for the budget. A yield costs the
// server as much as a read, so it comes back when the next read would be due.
func NoRoom(wait time.Duration) error { return NextPoll("waiting for room to poll", wait) }

func handBack(status string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(status, HandBackType, temporal.ApplicationErrorOptions{
		Category:       temporal.ApplicationErrorCategoryBenign,
		NextRetryDelay: wait,
	})
}

// IsHandBack reports whether err hands a wait back.
func IsHandBack(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == HandBackType
}
