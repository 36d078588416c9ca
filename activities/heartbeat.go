package activities

import (
	"context"
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

// heart sends a Heartbeat whenever one is recorded, and the last one again often
// enough for the server to know that the worker lives. That has to follow the
// system's clock, not the injected one: the server's timeout does.
type heart struct {
	ctx  context.Context
	mu   sync.Mutex
	last Heartbeat
	stop func()
}

// startHeart beats until stop is called, first with what the attempt before
// recorded: a beat without details would erase it.
func startHeart(ctx context.Context) *heart {
	beating, cancel := context.WithCancel(ctx)
	h := &heart{ctx: ctx, last: lastHeartbeat(ctx)}
	var done sync.WaitGroup
	if timeout := activity.GetInfo(ctx).HeartbeatTimeout; timeout > 0 {
		done.Go(func() { h.beat(beating, timeout/3) })
	}
	h.stop = func() {
		cancel()
		done.Wait()
	}
	return h
}

func (h *heart) beat(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			h.send()
		case <-ctx.Done():
			return
		}
	}
}

// record keeps beat and sends it.
func (h *heart) record(beat Heartbeat) {
	h.mu.Lock()
	h.last = beat
	h.mu.Unlock()
	h.send()
}

func (h *heart) send() {
	h.mu.Lock()
	defer h.mu.Unlock()
	activity.RecordHeartbeat(h.ctx, h.last)
}

// lastHeartbeat returns what the attempt before recorded.
func lastHeartbeat(ctx context.Context) Heartbeat {
	var beat Heartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &beat) != nil {
		return Heartbeat{}
	}
	return beat
}
