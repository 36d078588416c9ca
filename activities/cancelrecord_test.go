package activities

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// recordOf is a record of n operations, each written by write.
func recordOf(n int, write func(record sets.CancelHeartbeat) error) *cancelRecord {
	part := sets.Part{In: "//s/projects/p", Names: make([]string, n)}
	r := newCancelRecord(sets.Set{part}, &sets.CancelHeartbeat{}, cancels.SentNone)
	r.write = func(context.Context) error { return write(r.record().(sets.CancelHeartbeat)) }
	return r
}

// A try is recorded when it begins, and those that begin while a record is written share
// the next one.
func TestCancelRecordShares(t *testing.T) {
	t.Parallel()
	const n = 16
	var written []sets.CancelHeartbeat
	writing, goOn := make(chan bool, n), make(chan bool)
	r := recordOf(n, func(record sets.CancelHeartbeat) error {
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
		begun = r.tries
		r.mu.Unlock()
	}
	close(goOn)
	all.Wait()
	if len(written) != 2 {
		t.Fatalf("%d records for %d tries", len(written), n)
	}
	for i := range n {
		want := cancels.SentUnanswered
		if got := written[1].SentOf(i); got != want {
			t.Errorf("%d: %q is recorded", i, got)
		}
		if i > 0 {
			want = cancels.SentNone
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
	var last sets.CancelHeartbeat
	r := recordOf(3, func(record sets.CancelHeartbeat) error {
		last = record
		return nil
	})
	steps := []struct {
		reason string
		do     func() error
		want   [3]cancels.Sent // recorded
	}{
		{"one begins", func() error { return r.begin(t.Context(), 0) }, [3]cancels.Sent{cancels.SentUnanswered}},
		{"it was answered 503, and another begins", func() error { r.noteEnd(0, cancels.SentFailed, true); return r.begin(t.Context(), 1) }, [3]cancels.Sent{cancels.SentFailed, cancels.SentUnanswered}},
		{"that was accepted, and the first is sent again", func() error { r.noteEnd(1, cancels.SentAccepted, false); return r.begin(t.Context(), 0) }, [3]cancels.Sent{cancels.SentUnanswered, cancels.SentAccepted}},
		{"it was refused: an earlier try was not", func() error { r.noteEnd(0, cancels.SentNone, false); return r.begin(t.Context(), 2) }, [3]cancels.Sent{cancels.SentFailed, cancels.SentAccepted, cancels.SentUnanswered}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.reason, err)
		}
		if got := [3]cancels.Sent{last.SentOf(0), last.SentOf(1), last.SentOf(2)}; got != step.want {
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
	r := recordOf(1, func(sets.CancelHeartbeat) error { return down })
	for range 2 {
		if err := r.begin(t.Context(), 0); !errors.Is(err, down) {
			t.Errorf("it begins: %v", err)
		}
		r.noteEnd(0, cancels.SentNone, true)
	}
}

// Where records are held back, the first one has all that are to be sent, and no more
// are waited for.
func TestCancelRecordAhead(t *testing.T) {
	t.Parallel()
	var written []sets.CancelHeartbeat
	r := recordOf(3, func(record sets.CancelHeartbeat) error {
		written = append(written, record)
		return nil
	})
	r.beginAhead([]int{0, 2})
	for range 2 { // the second round
		for _, i := range []int{0, 2} {
			if err := r.begin(t.Context(), i); err != nil {
				t.Error(err)
			}
			r.noteEnd(i, cancels.SentFailed, true)
		}
	}
	if len(written) != 1 || written[0].SentOf(0) != cancels.SentUnanswered || written[0].SentOf(1) != cancels.SentNone || written[0].SentOf(2) != cancels.SentUnanswered {
		t.Errorf("recorded %+v", written)
	}
	r.noteEnd(0, cancels.SentAccepted, false)
	r.noteEnd(2, cancels.SentNone, false)
	if last := r.record().(sets.CancelHeartbeat); last.SentOf(0) != cancels.SentAccepted || last.SentOf(2) != cancels.SentFailed {
		t.Errorf("it ends as %+v", last)
	}
}

// The record of the largest set fits a heartbeat, and goes on from the one before.
func TestCancelRecordOfMany(t *testing.T) {
	t.Parallel()
	part := sets.Part{In: "//spanner.googleapis.com/" + strings.Repeat("p", 900)}
	for i := range sets.MaxSize {
		part.Names = append(part.Names, fmt.Sprint(i))
	}
	before := sets.NewCancelHeartbeat(sets.MaxSize)
	for i := range sets.MaxSize {
		before.Set(i, cancels.Sent(i%int(cancels.SentAccepted+1)))
	}
	record := newCancelRecord(sets.Set{part}, &before, cancels.SentNone).record().(sets.CancelHeartbeat)
	for i := range sets.MaxSize {
		if record.SentOf(i) != cancels.Sent(i%int(cancels.SentAccepted+1)) {
			t.Fatalf("%d: %q", i, record.SentOf(i))
		}
	}
	if size := lro.EncodedSize(record); size > 4<<10 || record.In == "" {
		t.Errorf("%d bytes, in %q", size, record.In)
	}
	if all := newCancelRecord(sets.Set{part}, &sets.CancelHeartbeat{}, cancels.SentUnanswered).record().(sets.CancelHeartbeat); all.SentOf(0) != cancels.SentUnanswered || all.SentOf(sets.MaxSize-1) != cancels.SentUnanswered {
		t.Error("what is unknown is not assumed to have been sent")
	}
}
