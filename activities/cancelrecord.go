package activities

import (
	"context"
	"sync"

	"github.com/awaitop/awaitop/lro"
)

// CancelSetHeartbeat is the record of a CancelOperations: how far the cancel of each
// operation has come. It stays below 4 KiB.
type CancelSetHeartbeat struct {
	// In is what the names of all begin with, as in [SetPart]; "" if they do not, or
	// if it is too long for the record.
	In string `json:"in,omitempty"`
	// Total counts the operations.
	Total int `json:"total"`
	// Sent holds the [Sent] of three operations in each byte: s0 + 5*s1 + 25*s2.
	Sent []byte `json:"sent,omitempty"`
}

// sentLevels is how many values of Sent there are, and sentPlaces what each of those in
// one byte counts for.
const sentLevels = byte(SentAccepted) + 1

var sentPlaces = [...]byte{1, sentLevels, sentLevels * sentLevels}

// newCancelSetHeartbeat returns the record of n operations that were sent none.
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

// set sets what is SentNone.
func (h *CancelSetHeartbeat) set(index int, sent Sent) {
	h.Sent[index/len(sentPlaces)] += byte(sent) * sentPlaces[index%len(sentPlaces)]
}

// Accepted counts the operations whose cancel the service has accepted, and sent those
// that were sent one, or are about to be.
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

// cancelRecord knows how far the cancels of a set have come, and has each recorded
// before it is sent. It is safe for concurrent use.
type cancelRecord struct {
	write func(ctx context.Context) error // the newest record
	in    string

	writing sync.Mutex // held while a record is written: those that wait for it share the next
	mu      sync.Mutex
	sent    []Sent
	open    []bool // those with a try that has begun, or may begin, and has not ended
	ahead   bool   // whether tries are recorded before they begin
	begun   int    // how many tries are to be recorded
	written int    // how many of these the last record has
}

// beginAhead has the tries of these operations be in the first record: later ones
// would be held back.
func (r *cancelRecord) beginAhead(indexes []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead, r.begun = true, 1
	for _, i := range indexes {
		r.open[i] = true
	}
}

// begin returns once it is recorded that a cancel is about to be sent. Many that begin
// together are in one record.
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

// opened notes a try that begins, and returns how many the record has to have.
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

// record is what is known now.
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

// newCancelRecord goes on from what the attempt before has recorded; of what that does
// not tell, unknown is assumed.
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
