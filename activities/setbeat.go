package activities

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
)

// beat records where the wait is.
func (w *setWatch) beat() {
	beat := SetHeartbeat{
		Total: len(w.items), Ended: len(w.items) - w.running, Polls: w.polls,
		States: make([]byte, (len(w.items)+3)/4), Status: w.status(),
		StartTime: w.in.StartTime.UTC(), Deadline: w.in.Deadline, Canceling: w.in.Canceling,
	}
	if all := w.in.Operations; len(all) == 1 && lro.EncodedSize(all[0].In) <= maxBeatName {
		beat.In = all[0].In
	}
	if w.failing > 0 {
		beat.Failing, beat.LastError = w.failing, w.lastError
	}
	for i := range w.items {
		item := &w.items[i]
		switch {
		case item.letter == SetSucceeded:
			beat.set(i, beatSucceeded)
		case item.letter != SetRunning:
			beat.set(i, beatEnded)
		case item.seen:
			beat.set(i, beatRunning)
		}
		if since := item.blockedSince; item.letter == SetRunning && !since.IsZero() && (beat.BlockedSince.IsZero() || since.Before(beat.BlockedSince)) {
			beat.BlockedSince = since
		}
	}
	if w.notBefore.After(w.ServerTime()) && !errors.Is(context.Cause(w.ctx), activity.ErrActivityReset) {
		beat.NotBefore = w.notBefore
	}
	if len(w.agenda) > 0 {
		beat.NextPoll = w.skew.server(w.agenda[0].due).UTC()
	}
	w.heart.record(beat)
}

func (w *setWatch) status() string {
	return fmt.Sprintf("%d of %d ended", len(w.items)-w.running, len(w.items))
}
