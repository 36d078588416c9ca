package devserver

import (
	"cmp"
	"context"
	"io"
)

// CLI returns the path of the Temporal CLI that [Start] uses. If the machine has none, CLI gets one first, as Start does.
// log takes the progress of that, nil discards it.
func CLI(ctx context.Context, log io.Writer) (string, error) {
	return find(ctx, cmp.Or(log, io.Discard))
}
