package sets

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// PollHeartbeat is the progress record of a PollOperations. It stays below 4 KiB.
type PollHeartbeat struct {
	// StartTime, Deadline and Canceling are the input's.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	Canceling bool      `json:"canceling,omitempty"`
	// In is the common beginning of all names, as in [Part]. It is "" if there is none, or if it
	// is too long for the record.
	In string `json:"in,omitempty"`
	// Total and Ended count the operations, and those that have ended.
	Total int `json:"total"`
	Ended int `json:"ended"`
	Polls int `json:"polls"`
	// States holds two bits for each operation: 0 not seen yet, 1 seen, 2 succeeded, 3
	// refused with 401 or 403 by the last read. What ended otherwise is read again, and counts as
	// seen if it was.
	States []byte `json:"states,omitempty"`
	// BlockedSince is since when reads are refused, for the operation whose reads were refused
	// last: the record has one time for all, and a later attempt must not shorten a grace.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// RefusedUnseen says that no read has shown any of the operations that are refused. If some of them were
	// seen and others not, all count as seen.
	RefusedUnseen bool `json:"refusedUnseen,omitempty"`
	// Status says in words what the wait does.
	Status string `json:"status,omitempty"`
	// Failing counts the operations whose last read failed. LastError is the reason of the last
	// such read, without details, nil if there is none.
	Failing   int         `json:"failing,omitempty"`
	LastError *lro.Status `json:"lastError,omitempty"`
	// NextPoll is when the next operation is due.
	NextPoll time.Time `json:"nextPoll,omitzero"`
	// NotBefore is as in activities.Heartbeat, the longest of all operations.
	NotBefore time.Time `json:"notBefore,omitzero"`
	// Members are some of the operations, for people: at most [MaxMembers], and as many as the record
	// has room for. Those that failed come first.
	Members []Member `json:"members,omitempty"`
}

// Mark is the state of an operation in a [PollHeartbeat].
type Mark byte

// The marks, which are the two bits of [PollHeartbeat].States.
const (
	MarkUnseen Mark = iota
	MarkSeen
	MarkSucceeded
	MarkRefused
)

// NewPollHeartbeat returns the record of n operations that are not seen yet.
func NewPollHeartbeat(n int) PollHeartbeat {
	return PollHeartbeat{Total: n, States: make([]byte, (n+3)/4)}
}

// Set sets a mark that is MarkUnseen.
func (h *PollHeartbeat) Set(index int, mark Mark) { h.States[index/4] |= byte(mark) << (index % 4 * 2) }

// Mark returns the mark of an operation. It is MarkUnseen beyond the record.
func (h *PollHeartbeat) Mark(index int) Mark {
	if index/4 >= len(h.States) {
		return MarkUnseen
	}
	return Mark(h.States[index/4] >> (index % 4 * 2) & 3)
}
