package activities

import (
	"time"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/lro"
)

// YieldType is the ApplicationError type with which a PollOperation yields: it gives its wait to the
// Temporal server until the next read. It is no failure: the server tries again after its
// NextRetryDelay. Meanwhile the Web UI shows its message.
const YieldType = hold.YieldType

// IsYield reports whether err, of an attempt or of the activity, is a yield.
func IsYield(err error) bool { return hold.IsYield(err) }

// notBefore is the end of the time for which a failed read asks to wait, zero if it does not ask.
func notBefore(err error, now time.Time) time.Time {
	if advice := lro.RetryAfter(err); advice > 0 {
		return now.Add(advice).UTC()
	}
	return time.Time{}
}
