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

// heart sends what a wait records as its activity's heartbeat.
type heart struct {
	ctx    context.Context
	every  time.Duration // how often it has to beat
	hearts *hearts

	mu   sync.Mutex
	last any
	sent time.Time
}

// hearts has every heart beat often enough for the server to know that the
// worker lives. That has to follow the system's clock, not the injected one: the
// server's timeout does. It runs one goroutine while there are hearts.
type hearts struct {
	mu      sync.Mutex
	beating map[*heart]bool
	running bool
}

// pulse is how often hearts are looked at. The shortest heartbeat timeout is a
// second, of which a third is allowed for each beat.
const pulse = 250 * time.Millisecond

// startHeart beats until stop is called, first with what the attempt before
// recorded: a beat without details would erase it.
func (a *Activities) startHeart(ctx context.Context, first any) *heart {
	h := &heart{ctx: ctx, last: first, sent: time.Now(), hearts: &a.hearts}
	if timeout := activity.GetInfo(ctx).HeartbeatTimeout; timeout > 0 {
		h.every = timeout / 3
		a.hearts.join(h)
	}
	return h
}

func (h *heart) stop() {
	h.hearts.mu.Lock()
	defer h.hearts.mu.Unlock()
	delete(h.hearts.beating, h)
}

// record keeps beat and sends it.
func (h *heart) record(beat any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = beat
	h.send()
}

func (h *heart) send() {
	h.sent = time.Now()
	activity.RecordHeartbeat(h.ctx, h.last)
}

// beatAgain repeats the last beat if that is due.
func (h *heart) beatAgain(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.sent) >= h.every {
		h.send()
	}
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
		all := slices.Collect(maps.Keys(s.beating))
		s.mu.Unlock()
		for _, h := range all {
			h.beatAgain(now)
		}
	}
}

// lastHeartbeat returns what the attempt before recorded.
func lastHeartbeat(ctx context.Context) Heartbeat {
	var beat Heartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &beat) != nil {
		return Heartbeat{}
	}
	return beat
}
