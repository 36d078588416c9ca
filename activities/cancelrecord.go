package activities

import (
	"context"
	"sync"

	"github.com/awaitop/awaitop/lro"
)

// CancelSetHeartbeat is the record of a CancelOperations: how far the cancel of each operation has
// come. It stays below 4 KiB.
type CancelSetHeartbeat struct {
	// In is the common beginning of all names, as in [SetPart]. It is "" if there is none, or if it
	// is too long for the record.
	In string `json:"in,omitempty"`
	// Total counts the operations.
	Total int `json:"total"`
	// Sent holds the [Sent] of three operations in each byte: s0 + 5*s1 + 25*s2.
	Sent []byte `json:"sent,omitempty"`
}

// sentLevels is the number of values of Sent, and sentPlaces the weight of each operation in a
// byte.
const sentLevels = byte(SentAccepted) + 1

var sentPlaces = [...]byte{1, sentLevels, sentLevels * sentLevels}

// newCancelSetHeartbeat returns the record of n operations without a cancel.
func newCancelSetHeartbeat(n int) CancelSetHeartbeat {
	return CancelSetHeartbeat{Total: n, Sent: make([]byte, (n+len(sentPlaces)-1)/len(sentPlaces))}
}

// SentOf returns how far the cancel of an operation has come.
func (h *CancelSetHeartbeat) SentOf(index int) Sent {
	if index/len(sentPlaces) >= len(h.Sent) {
		return SentNone
	}
	return Sent(h.Sent[index/len(sentPlaces)] / sentPlaces[index%len(sentPlaces)] % sentLevels)
}

// set sets a value that is SentNone.
func (h *CancelSetHeartbeat) set(index int, sent Sent) {
	h.Sent[index/len(sentPlaces)] += byte(sent) * sentPlaces[index%len(sentPlaces)]
}

// Accepted counts the operations whose cancel the service has accepted. sent counts those that were
// sent a cancel, or are about to be.
func (h *CancelSetHeartbeat) Accepted() (accepted, sent int) {
	for i := range h.Total {
		switch h.SentOf(i) {
		case SentNone:
		case SentAccepted:
			accepted++
			sent++
		default:
			sent++
		}
	}
	return accepted, sent
}

// cancelRecord knows how far the cancels of a set have come. It records each cancel before it is
// sent. It is safe for concurrent use.
type cancelRecord struct {
	write func(ctx context.Context) error // writes the newest record
	in    string

	writing sync.Mutex // held while a record is written: tries that wait for it share the next one
	mu      sync.Mutex
	sent    []Sent
	open    []bool // tries that have begun, or may begin, and have not ended
	ahead   bool   // whether tries are recorded before they begin
	begun   int    // how many tries are to be recorded
	written int    // how many of these the last record has
}

// beginAhead puts the tries of these operations into the first record, because later records would
// be held back.
func (r *cancelRecord) beginAhead(indexes []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead, r.begun = true, 1
	for _, i := range indexes {
		r.open[i] = true
	}
}

// begin returns once it is recorded that a cancel is about to be sent. Tries that begin together
// share a record.
func (r *cancelRecord) begin(ctx context.Context, index int) error {
	begun := r.opened(index)
	r.writing.Lock()
	defer r.writing.Unlock()
	if r.written >= begun {
		return nil
	}
	holds := r.begunSoFar()
	if err := r.write(ctx); err != nil {
		return err
	}
	r.written = holds
	return nil
}

// opened notes a try that begins, and returns how many tries the record has to have.
func (r *cancelRecord) opened(index int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ahead {
		r.begun++
		r.open[index] = true
	}
	return r.begun
}

func (r *cancelRecord) begunSoFar() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.begun
}

// ended notes how far a try came, and whether another may follow it.
func (r *cancelRecord) ended(index int, sent Sent, again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent[index] = max(r.sent[index], sent)
	r.open[index] = r.ahead && again
}

// of returns how far the cancel of an operation has come.
func (r *cancelRecord) of(index int) Sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent[index]
}

// record is the newest record.
func (r *cancelRecord) record() any {
	r.mu.Lock()
	defer r.mu.Unlock()
	record := newCancelSetHeartbeat(len(r.sent))
	record.In = r.in
	for i, sent := range r.sent {
		if r.open[i] {
			sent = max(sent, SentUnanswered)
		}
		record.set(i, sent)
	}
	return record
}

// newCancelRecord goes on from the record of the attempt before. Operations that are not in it have
// the state unknown.
func newCancelRecord(set Set, before *CancelSetHeartbeat, unknown Sent) *cancelRecord {
	n := set.Len()
	r := &cancelRecord{sent: make([]Sent, n), open: make([]bool, n)}
	for i := range r.sent {
		r.sent[i] = max(before.SentOf(i), unknown)
	}
	if len(set) == 1 && lro.EncodedSize(set[0].In) <= maxBeatName {
		r.in = set[0].In
	}
	return r
}
