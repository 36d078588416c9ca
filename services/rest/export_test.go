package rest

import (
	"fmt"
	"strings"
)

// What tests and fuzzers reach beside the exported API.
var (
	ParseStatus = parseStatus
	RetryAfter  = retryAfter
	Character   = character
)

// TiersOf are the ends and weights of a reply's parts.
func TiersOf(total, most int64) string {
	var parts []string
	for _, t := range newRoom(total).tiers(most) {
		parts = append(parts, fmt.Sprintf("%d/%d", t.upTo, t.weight))
	}
	return strings.Join(parts, " ")
}

// LargeRoom is 0 once replies over a mebibyte have to wait.
func (c *Client) LargeRoom() int {
	if c.room.large.TryAcquire(1) {
		c.room.large.Release(1)
		return 1
	}
	return 0
}
