package activities

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// recordOf is a record of n operations, each written by write.
func recordOf(n int, write func(record CancelSetHeartbeat) error) *cancelRecord {
	part := SetPart{In: "//s/projects/p", Names: make([]string, n)}
	r := newCancelRecord(Set{part}, &CancelSetHeartbeat{}, SentNone)
	r.write = func(context.Context) error { return write(r.record().(CancelSetHeartbeat)) }
	return r
}

// A try is recorded when it begins, and those that begin while a record is written share
// the next one.
func TestCancelRecordShares(t *testing.T) {
	t.Parallel()
	const n = 16
	var written []CancelSetHeartbeat
	writing, goOn := make(chan bool, n), make(chan bool)
	r := recordOf(n, func(record CancelSetHeartbeat) error {
		writing <- true
		<-goOn
		written = append(written, record)
		return nil
	})
	var all sync.WaitGroup
	begin := func(i int) {
		all.Go(func() {
			if err := r.begin(t.Context(), i); err != nil {
				t.Error(err)
			}
		})
	}
	begin(0)
	<-writing
	for i := range n - 1 {
		begin(i + 1)
	}
	for begun := 0; begun < n; runtime.Gosched() {
		r.mu.Lock()
		begun = r.begun
		r.mu.Unlock()
	}
	close(goOn)
	all.Wait()
	if len(written) != 2 {
		t.Fatalf("%d records for %d tries", len(written), n)
	}
	for i := range n {
		want := SentUnanswered
		if got := written[1].SentOf(i); got != want {
			t.Errorf("%d: %q is recorded", i, got)
		}
		if i > 0 {
			want = SentNone
		}
		if got := written[0].SentOf(i); got != want {
			t.Errorf("%d: %q was recorded first, want %q", i, got, want)
		}
	}
}

// What is recorded of a try: that it may be accepted while it is under way, then what
// it came to.
func TestCancelRecordOfTries(t *testing.T) {
	t.Parallel()
	var last CancelSetHeartbeat
	r := recordOf(3, func(record CancelSetHeartbeat) error {
		last = record
		return nil
	})
	steps := []struct {
		reason string
		do     func() error
		want   [3]Sent // recorded
	}{
		{"one begins", func() error { return r.begin(t.Context(), 0) }, [3]Sent{SentUnanswered}},
		{"it was answered 503, and another begins", func() error { r.ended(0, SentFailed, true); return r.begin(t.Context(), 1) }, [3]Sent{SentFailed, SentUnanswered}},
		{"that was accepted, and the first is sent again", func() error { r.ended(1, SentAccepted, false); return r.begin(t.Context(), 0) }, [3]Sent{SentUnanswered, SentAccepted}},
		{"it was refused: an earlier try was not", func() error { r.ended(0, SentNone, false); return r.begin(t.Context(), 2) }, [3]Sent{SentFailed, SentAccepted, SentUnanswered}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.reason, err)
		}
		if got := [3]Sent{last.SentOf(0), last.SentOf(1), last.SentOf(2)}; got != step.want {
			t.Errorf("%s: %v is recorded, want %v", step.reason, got, step.want)
		}
	}
	if accepted, sent := last.Accepted(); accepted != 1 || sent != 3 {
		t.Errorf("%d accepted of %d sent", accepted, sent)
	}
}

// What cannot be recorded is not sent.
func TestCancelRecordFails(t *testing.T) {
	t.Parallel()
	down := errors.New("no Temporal server")
	r := recordOf(1, func(CancelSetHeartbeat) error { return down })
	for range 2 {
		if err := r.begin(t.Context(), 0); !errors.Is(err, down) {
			t.Errorf("it begins: %v", err)
		}
		r.ended(0, SentNone, true)
	}
}

// Where records are held back, the first one has all that are to be sent, and no more
// are waited for.
func TestCancelRecordAhead(t *testing.T) {
	t.Parallel()
	var written []CancelSetHeartbeat
	r := recordOf(3, func(record CancelSetHeartbeat) error {
		written = append(written, record)
		return nil
	})
	r.beginAhead([]int{0, 2})
	for range 2 { // the second round
		for _, i := range []int{0, 2} {
			if err := r.begin(t.Context(), i); err != nil {
				t.Error(err)
			}
			r.ended(i, SentFailed, true)
		}
	}
	if len(written) != 1 || written[0].SentOf(0) != SentUnanswered || written[0].SentOf(1) != SentNone || written[0].SentOf(2) != SentUnanswered {
		t.Errorf("recorded %+v", written)
	}
	r.ended(0, SentAccepted, false)
	r.ended(2, SentNone, false)
	if last := r.record().(CancelSetHeartbeat); last.SentOf(0) != SentAccepted || last.SentOf(2) != SentFailed {
		t.Errorf("it ends as %+v", last)
	}
}

// The record of the largest set fits a heartbeat, and goes on from the one before.
func TestCancelRecordOfMany(t *testing.T) {
	t.Parallel()
	part := SetPart{In: "//spanner.googleapis.com/" + strings.Repeat("p", 900)}
	for i := range MaxSetSize {
		part.Names = append(part.Names, fmt.Sprint(i))
	}
	before := NewCancelSetHeartbeat(MaxSetSize)
	for i := range MaxSetSize {
		before.Set(i, Sent(i%int(SentAccepted+1)))
	}
	record := newCancelRecord(Set{part}, &before, SentNone).record().(CancelSetHeartbeat)
	for i := range MaxSetSize {
		if record.SentOf(i) != Sent(i%int(SentAccepted+1)) {
			t.Fatalf("%d: %q", i, record.SentOf(i))
		}
	}
	if size := lro.EncodedSize(record); size > 4<<10 || record.In == "" {
		t.Errorf("%d bytes, in %q", size, record.In)
	}
	if all := newCancelRecord(Set{part}, &CancelSetHeartbeat{}, SentUnanswered).record().(CancelSetHeartbeat); all.SentOf(0) != SentUnanswered || all.SentOf(MaxSetSize-1) != SentUnanswered {
		t.Error("what is unknown is not assumed to have been sent")
	}
}
