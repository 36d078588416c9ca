package watch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
	"github.com/awaitop/awaitop/control"
)

// server is a source of workflows by id. It counts what it is asked.
type server struct {
	mu        sync.Mutex
	running   []string
	ended     map[string]time.Time // when each closed
	idle      map[string]bool      // those that wait for nothing
	err       error
	finds     int
	described []string // since the last call of asked
}

func (s *server) Find(context.Context) ([]*control.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	s.finds++
	var found []*control.Status
	for _, id := range s.running {
		found = append(found, &control.Status{WorkflowID: id, RunID: "r", State: "Running"})
	}
	return found, nil
}

func (s *server) Describe(_ context.Context, listed []*control.Status) ([]*control.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	var found []*control.Status
	for _, status := range listed {
		described := *status
		s.described = append(s.described, described.WorkflowID)
		switch closed, ended := s.ended[described.WorkflowID]; {
		case ended:
			described.State, described.CloseTime = "Completed", closed
		case s.idle[described.WorkflowID]:
		case slices.Contains(s.running, described.WorkflowID):
			described.Waits = []control.Wait{{WorkflowID: described.WorkflowID}}
		default:
			continue // gone
		}
		found = append(found, &described)
	}
	return found, nil
}

func (s *server) set(change func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// asked are the workflows that were described since the call before.
func (s *server) asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := strings.Join(s.described, " ")
	s.described = nil
	return asked
}

// watching runs a watcher for as long as the test, in a bubble of synctest. last returns the last snapshot.
func watching(t *testing.T, source watch.Source, rate float64) (w *watch.Watcher, last func() watch.Snapshot) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	var snapshot watch.Snapshot
	w = watch.New(source, watch.Options{Interval: 2 * time.Second, RequestsPerSecond: rate})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.Run(ctx, func(s watch.Snapshot) { // the error is that of ctx
			mu.Lock()
			defer mu.Unlock()
			snapshot = s
		})
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	synctest.Wait()
	return w, func() watch.Snapshot {
		mu.Lock()
		defer mu.Unlock()
		return snapshot
	}
}

func ids(s watch.Snapshot) string {
	var found []string
	for _, status := range s.Statuses {
		found = append(found, status.WorkflowID+" "+status.State)
	}
	slices.Sort(found)
	return strings.Join(found, ", ")
}

// round lets one round go by.
func round() {
	time.Sleep(2 * time.Second)
	synctest.Wait()
}

// A round describes no more than the interval has room for: first what is on the screen, then what was described longest ago.
func TestRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &server{running: []string{"a", "b", "c", "d", "e", "f"}}
		w, last := watching(t, source, 2) // four workflows a round
		var got []string
		got = append(got, source.asked())
		w.Show([]string{"a", "b"})
		for range 3 {
			round()
			got = append(got, source.asked())
		}
		if diff := cmp.Diff([]string{"a b c d", "a b e f", "a b c d", "a b e f"}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if s := last(); s.Total != 6 || s.Read != 6 || s.Round != 4*time.Second || s.Err != nil {
			t.Errorf("%+v, want 6 workflows, each of which is described within 4 s", s)
		}
		w.Show([]string{"a", "b", "c", "d", "e"}) // more than there is room for
		round()
		if asked := strings.Fields(source.asked()); len(asked) != 4 || !slices.Contains(asked, "d") {
			t.Errorf("%v, want what is stale too", asked)
		}
	})
}

// A workflow that ends stays for a minute. One that waits for nothing any more goes at once, as does one that is gone.
func TestEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &server{running: []string{"a", "b", "c"}, ended: map[string]time.Time{}, idle: map[string]bool{}}
		_, last := watching(t, source, 50)
		source.set(func(s *server) {
			s.running = nil
			s.ended["a"] = time.Now()
			s.idle["b"] = true
		})
		round()
		if got := ids(last()); got != "a Completed" {
			t.Errorf("%q, want how a ended", got)
		}
		source.asked()
		round()
		if got := source.asked(); got != "" {
			t.Errorf("%q was described again after its end", got)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := last(); ids(s) != "" || s.Total != 0 {
			t.Errorf("%q is listed a minute after its end", ids(s))
		}
	})
}

// While the server does not answer the last statuses stay, and it is asked less and less often.
func TestOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &server{running: []string{"a"}}
		_, last := watching(t, source, 50)
		down := errors.New("down")
		before := time.Now()
		source.set(func(s *server) { s.err = down })
		time.Sleep(time.Minute)
		if s := last(); !errors.Is(s.Err, down) || ids(s) != "a Running" || s.Since.After(before) {
			t.Errorf("%+v, want the last statuses, and since when", s)
		}
		source.set(func(s *server) { s.err = nil })
		time.Sleep(31 * time.Second)
		if s := last(); s.Err != nil || s.Since.Before(before) {
			t.Errorf("%+v, want no error", s)
		}
	})
}

// If the first round fails, there is nothing to watch.
func TestFirstRoundFails(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	err := watch.New(&server{err: down}, watch.Options{Interval: time.Second, RequestsPerSecond: 1}).Run(t.Context(), func(watch.Snapshot) {})
	if !errors.Is(err, down) {
		t.Errorf("%v, want the error", err)
	}
}

// Thousands of workflows are searched for once in as many rounds as they have pages, and shown while they are read.
func TestThousands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &server{}
		for i := range 2500 {
			source.running = append(source.running, fmt.Sprint(i))
		}
		_, last := watching(t, source, 50)
		for range 25 {
			round()
		}
		source.mu.Lock()
		defer source.mu.Unlock()
		if s := last(); s.Read != 2500 || s.Round != 50*time.Second {
			t.Errorf("%d of %d read, want all; a round takes %s", s.Read, s.Total, s.Round)
		}
		if source.finds != 9 || len(source.described) != 26*100 {
			t.Errorf("%d searches and %d descriptions in 50 s, want 9 and 2600", source.finds, len(source.described))
		}
	})
}
