package sets

import "github.com/awaitop/awaitop/activities/cancels"

// CancelHeartbeat is the record of a CancelOperations: how far the cancel of each operation has
// come. It stays below 4 KiB.
type CancelHeartbeat struct {
	// In is the common beginning of all names, as in [Part]. It is "" if there is none, or if it
	// is too long for the record.
	In string `json:"in,omitempty"`
	// Total counts the operations.
	Total int `json:"total"`
	// Sent holds the [cancels.Sent] of three operations in each byte: s0 + 5*s1 + 25*s2.
	Sent []byte `json:"sent,omitempty"`
}

// sentLevels is the number of values of Sent, and sentPlaces the weight of each operation in a
// byte.
const sentLevels = byte(cancels.SentAccepted) + 1

var sentPlaces = [...]byte{1, sentLevels, sentLevels * sentLevels}

// NewCancelHeartbeat returns the record of n operations without a cancel.
func NewCancelHeartbeat(n int) CancelHeartbeat {
	return CancelHeartbeat{Total: n, Sent: make([]byte, (n+len(sentPlaces)-1)/len(sentPlaces))}
}

// SentOf returns how far the cancel of an operation has come.
func (h *CancelHeartbeat) SentOf(index int) cancels.Sent {
	if index/len(sentPlaces) >= len(h.Sent) {
		return cancels.SentNone
	}
	return cancels.Sent(h.Sent[index/len(sentPlaces)] / sentPlaces[index%len(sentPlaces)] % sentLevels)
}

// Set sets a value that is cancels.SentNone.
func (h *CancelHeartbeat) Set(index int, sent cancels.Sent) {
	h.Sent[index/len(sentPlaces)] += byte(sent) * sentPlaces[index%len(sentPlaces)]
}

// Accepted counts the operations whose cancel the service has accepted. sent counts those that were
// sent a cancel, or are about to be.
func (h *CancelHeartbeat) Accepted() (accepted, sent int) {
	for i := range h.Total {
		switch h.SentOf(i) {
		case cancels.SentNone:
		case cancels.SentAccepted:
			accepted++
			sent++
		default:
			sent++
		}
	}
	return accepted, sent
}
