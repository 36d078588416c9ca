package lro_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// What became of a cancel reads as a clause, and not as the value that programs read.
func TestCancellationText(t *testing.T) {
	t.Parallel()
	tests := map[lro.Cancellation]string{
		"":                            "",
		lro.CancellationCanceled:      "it was canceled",
		lro.CancellationCompleted:     "the cancel came too late, it succeeded",
		lro.CancellationFailed:        "it failed after the cancel",
		lro.CancellationUnsupported:   "the service has no cancel for it",
		lro.CancellationGone:          "it is gone after the cancel",
		lro.CancellationUndelivered:   "the cancel was not delivered",
		lro.CancellationUnconfirmed:   "the cancel was not confirmed",
		lro.CancellationAbandoned:     "no cancel was sent",
		"of a later version, perhaps": "of a later version, perhaps",
	}
	for cancellation, want := range tests {
		if got := cancellation.Text(); got != want {
			t.Errorf("%s: %q, want %q", cancellation, got, want)
		}
	}
}
