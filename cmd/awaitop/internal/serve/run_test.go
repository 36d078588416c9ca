package serve

import (
	"context"
	"errors"
	"testing"
)

// A worker that the SDK has stopped ends as such, though a signal comes at the same time.
func TestUntilEnd(t *testing.T) {
	t.Parallel()
	gone := errors.New("namespace gone")
	signaled, stop := context.WithCancel(t.Context())
	stop()
	tests := map[string]struct {
		reason string
		ctx    context.Context
		fatal  error
	}{
		"signal": {"it drains", signaled, nil},
		"fatal":  {"it ends without a signal", t.Context(), gone},
		"both":   {"the error would be lost", signaled, gone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 100 { // select takes any that is ready
				r := &running{fatal: make(chan error, 1)}
				if tt.fatal != nil {
					r.onFatalError(tt.fatal)
				}
				if err := r.untilEnd(tt.ctx); !errors.Is(err, tt.fatal) || tt.fatal == nil && err != nil {
					t.Fatalf("%s: %v, want %v", tt.reason, err, tt.fatal)
				}
			}
		})
	}
}
