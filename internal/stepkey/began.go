package stepkey

import (
	"time"

	"github.com/google/uuid"
)

// Began returns when the run began. The server's run ids are UUIDs of version 7 (RFC 9562), which hold
// the time. Zero for another id.
func Began(runID string) time.Time {
	id, err := uuid.Parse(runID)
	if err != nil || id.Version() != 7 {
		return time.Time{}
	}
	return time.Unix(id.Time().UnixTime()).UTC()
}
