package activities

import (
	"context"
	"sync"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/internal/sets"
)

// cancelRecord knows how far the cancels of a set have come. It records each cancel before it is
// sent. It is safe for concurrent use.
type cancelRecord struct {
	write func(ctx context.Context) error // writes the newest record
	in    string

	writing  sync.Mutex // held while a record is written: tries that wait for it share the next one
	mu       sync.Mutex
	sent     []cancels.Sent
	open     []bool // tries that have begun, or may begin, and have not ended
	ahead    bool   // whether tries are recorded before they begin
	tries    int    // how many tries are to be recorded
	recorded int    // how many of these the last record has
}

// beginAhead puts the tries of these operations into the first record, because later records would
// be held back.
func (r *cancelRecord) beginAhead(indexes []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead, r.tries = true, 1
	for _, i := range indexes {
		r.open[i] = true
	}
}

// begin returns once it is recorded that a cancel is about to be sent. Tries that begin together
// share a record.
func (r *cancelRecord) begin(ctx context.Context, index int) error {
	tries := r.noteTry(index)
	r.writing.Lock()
	defer r.writing.Unlock()
	if r.recorded >= tries {
		return nil
	}
	counted := r.tryCount()
	if err := r.write(ctx); err != nil {
		return err
	}
	r.recorded = counted
	return nil
}

// noteTry notes a try that begins, and returns how many tries the record has to have.
func (r *cancelRecord) noteTry(index int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ahead {
		r.tries++
		r.open[index] = true
	}
	return r.tries
}

func (r *cancelRecord) tryCount() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

// noteEnd notes how far a try came, and whether another may follow it.
func (r *cancelRecord) noteEnd(index int, sent cancels.Sent, again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent[index] = max(r.sent[index], sent)
	r.open[index] = r.ahead && again
}

// of returns how far the cancel of an operation has come.
func (r *cancelRecord) of(index int) cancels.Sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent[index]
}

// record is the newest record.
func (r *cancelRecord) record() any {
	r.mu.Lock()
	defer r.mu.Unlock()
	record := sets.NewCancelHeartbeat(len(r.sent))
	record.In = r.in
	for i, sent := range r.sent {
		if r.open[i] {
			sent = max(sent, cancels.SentUnanswered)
		}
		record.Set(i, sent)
	}
	return record
}

// newCancelRecord goes on from the record of the attempt before. Operations that are not in it have
// the state unknown.
func newCancelRecord(set sets.Set, before *sets.CancelHeartbeat, unknown cancels.Sent) *cancelRecord {
	n := set.Len()
	r := &cancelRecord{sent: make([]cancels.Sent, n), open: make([]bool, n)}
	for i := range r.sent {
		r.sent[i] = max(before.SentOf(i), unknown)
	}
	r.in = set.In(maxBeatName)
	return r
}
