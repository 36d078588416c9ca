package nexusservice

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// A handler's work ends before the server's deadline, so that its reply arrives.
func TestWithin(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		left   time.Duration // of the server's time, 0 for no deadline
		want   time.Duration
	}{
		"the server's": {"ten seconds, by its default", 10 * time.Second, requestTime},
		"short":        {"a second is kept for the reply", 5 * time.Second, 4 * time.Second},
		"none":         {"a server that tells none", 0, requestTime},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, from := t.Context(), time.Now()
			if tt.left > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithDeadline(ctx, from.Add(tt.left))
				defer cancel()
			}
			ctx, cancel := within(ctx)
			defer cancel()
			end, ok := ctx.Deadline()
			until := time.Now().Add(tt.want)
			if !ok || end.Before(from) || end.After(until) {
				t.Errorf("%s: it ends after %s, want %s", tt.reason, end.Sub(from), tt.want)
			}
		})
	}
}

// A read that the time of the Nexus request ended says so, unless the service has answered.
func TestAnswered(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	down := &lro.Error{Status: lro.Status{Code: lro.CodeUnavailable}, HTTP: 503}
	tests := map[string]struct {
		reason string
		ctx    context.Context
		err    error
		want   lro.Code
	}{
		"answer":      {"the service's word", t.Context(), down, lro.CodeUnavailable},
		"late answer": {"it tells more than that time is over", over, down, lro.CodeUnavailable},
		"no answer":   {"time is over", over, context.DeadlineExceeded, lro.CodeDeadlineExceeded},
		"no reply":    {"none came", over, &lro.Error{Unsent: true, Cause: errors.New("no route")}, lro.CodeDeadlineExceeded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lro.PollFailed(lro.Ref{}, answered(tt.ctx, tt.err)).Code(); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.reason, got, tt.want)
			}
		})
	}
}
