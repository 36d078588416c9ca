package hold

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// YieldType is the ApplicationError type with which an attempt yields: a contract, see
// activities.YieldType.
const YieldType = "StillRunning"

// MinimumRetryDelay is the shortest NextRetryDelay that the server keeps to.
const MinimumRetryDelay = time.Second

// YieldFor is the error by which an attempt yields: the server starts the next attempt after wait.
// status says in words what the wait does. Do not wrap the error: the SDK finds its benign category by
// a type assertion.
func YieldFor(status string, wait time.Duration) error {
	wait = min(max(wait, MinimumRetryDelay), lro.MaxDuration) // intervals have no limit, times of the server do
	return yield(fmt.Sprintf("%s, next poll in %.0fs", status, wait.Seconds()), wait)
}

// NoRoom yields for an attempt that finds no room to wait for the budget. A yield costs the
// server as much as a read, so it comes back when the next read would be due.
func NoRoom(wait time.Duration) error { return YieldFor("waiting for room to poll", wait) }

func yield(status string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(status, YieldType, temporal.ApplicationErrorOptions{
		Category:       temporal.ApplicationErrorCategoryBenign,
		NextRetryDelay: wait,
	})
}

// IsYield reports whether err is a yield.
func IsYield(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == YieldType
}
