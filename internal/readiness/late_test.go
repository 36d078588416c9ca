package readiness

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// A server that is late says for how long it was waited for, and what its last try met.
func TestLate(t *testing.T) {
	t.Parallel()
	refused := errors.New("connection refused")
	err := await(t.Context(), time.Millisecond, nil, func(context.Context) error { return refused })
	if !errors.Is(err, refused) || !strings.HasPrefix(err.Error(), "no answer within 1ms: is the machine busy? Last try: ") {
		t.Errorf("%v", err)
	}
}
