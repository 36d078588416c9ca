package activities

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
)

// Heartbeat is the progress record of a PollOperation: what a describe of the
// workflow shows of its pending activity. It never holds metadata and stays
// below 4 KiB. A later attempt reads it back; if it is lost, graces start anew
// and Polls counts fewer.
type Heartbeat struct {
	// Polls is how many reads were made.
	Polls int `json:"polls"`
	// Seen is true once the service has returned the operation.
	Seen bool `json:"seen,omitempty"`
	// BlockedSince is when reads began to be refused with 401 or 403, zero if
	// the last one was not.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// Progress is what the last metadata said.
	Progress lro.Progress `json:"progress"`
	// Status says in words what the wait is at.
	Status string `json:"status,omitempty"`
	// NextPoll is when the operation is read next.
	NextPoll time.Time `json:"nextPoll,omitzero"`
}

// heart sends what a wait records as its activity's heartbeat. Encoding and
// sending it take a deep stack: a wait leaves that to [hearts], or thousands that
// one list has answered would grow theirs at the same time.
type heart struct {
	beat   func(details any) error // nil details for a beat without
	every  time.Duration           // how often it has to beat
	hearts *hearts

	sending sync.Mutex // held while last is sent, so that the newest is sent last
	mu      sync.Mutex
	last    any       // nil for a beat without details
	due     time.Time // when to send next; zero for at once

	recorded, stopped bool
}

// hearts has every heart beat often enough for the server to know that the
// worker lives, and at once for the first time. That has to follow the system's
// clock, not the injected one: the server's timeout does. It runs one goroutine while there are hearts, and
// beatsAtOnce while they beat.
type hearts struct {
	mu      sync.Mutex
	beating map[*heart]bool
	running bool
}

const (
	// pulse is how often hearts are looked at. The shortest heartbeat timeout is
	// a second, of which a third is allowed for each beat.
	pulse = 250 * time.Millisecond
	// beatsAtOnce is how many beats are sent at once. Most are merely handed to
	// the SDK, which sends them when it sees fit.
	beatsAtOnce = 8
	// againPart is the part of the time between beats after which one that failed
	// is tried again.
	againPart = 8
)

// startHeart beats until stop is called, first with what the attempt before
// recorded: a beat without details would erase it. The SDK is given a record in
// each third of the timeout, and sends what it has in four fifths.
func (a *Activities) startHeart(ctx context.Context, first any) *heart {
	return a.hearts.start(first, activity.GetInfo(ctx).HeartbeatTimeout/3, func(details any) error {
		if details == nil {
			activity.RecordHeartbeat(ctx)
		} else {
			activity.RecordHeartbeat(ctx, details)
		}
		return nil
	})
}

// startAsyncHeart beats for an attempt whose activity has returned: what is recorded is
// sent, which leaves a quarter of the timeout for another try.
func (t *attempt) startAsyncHeart(first any) *heart {
	return t.activities.hearts.start(first, activity.GetInfo(t.ctx).HeartbeatTimeout*3/4, t.heartbeat)
}

// start begins to beat, unless every is 0: then only flush does.
func (s *hearts) start(first any, every time.Duration, beat func(details any) error) *heart {
	h := &heart{beat: beat, last: first, hearts: s, every: every}
	if every > 0 {
		h.due = time.Now().Add(every)
		s.join(h)
	}
	return h
}

// stop ends the beating.
func (h *heart) stop() {
	h.hearts.mu.Lock()
	delete(h.hearts.beating, h)
	h.hearts.mu.Unlock()
	h.sending.Lock() // none is sent after it
	defer h.sending.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}

// record has beat sent at once if it is the first, else within a third of the
// heartbeat timeout.
func (h *heart) record(beat any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = beat
	if !h.recorded {
		h.recorded, h.due = true, time.Time{}
	}
}

// flush sends the last record now: the attempt is about to end, and the next
// shall find it.
func (h *heart) flush() { h.send(time.Now()) }

func (h *heart) send(now time.Time) {
	h.sending.Lock()
	defer h.sending.Unlock()
	h.mu.Lock()
	last, stopped := h.last, h.stopped
	h.due = now.Add(h.every)
	h.mu.Unlock()
	if stopped || h.beat(last) == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.due = time.Now().Add(h.every / againPart)
}

func (h *heart) isDue(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !now.Add(pulse).Before(h.due) // at the next look it would be late
}

func (s *hearts) join(h *heart) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beating[h] = true
	if !s.running {
		s.running = true
		go s.beat()
	}
}

func (s *hearts) beat() {
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	for now := range ticker.C {
		s.mu.Lock()
		if len(s.beating) == 0 {
			s.running = false
			s.mu.Unlock()
			return
		}
		due := slices.DeleteFunc(slices.Collect(maps.Keys(s.beating)), func(h *heart) bool { return !h.isDue(now) })
		s.mu.Unlock()
		s.sendAll(due)
	}
}

// sendAll shares the hearts out to a few goroutines.
func (s *hearts) sendAll(due []*heart) {
	var all sync.WaitGroup
	each := (len(due) + beatsAtOnce - 1) / beatsAtOnce
	for part := range slices.Chunk(due, max(each, 1)) {
		all.Go(func() {
			for _, h := range part {
				h.send(time.Now())
			}
		})
	}
	all.Wait()
}

// lastHeartbeat returns what the attempt before recorded.
func lastHeartbeat(ctx context.Context) Heartbeat {
	var beat Heartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &beat) != nil {
		return Heartbeat{}
	}
	return beat
}
