package recorder_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/recorder"
)

func recordingOf(age time.Duration, screen string) *recorder.Recording {
	r := &recorder.Recording{Title: "A bar"}
	r.Command("draw")
	r.Frame(age, "it begins", screen)
	r.Frame(2*age, "it moves", "~"+screen)
	return r
}

const wantText = `A bar

Times are since the command was started.

$ draw

── 1.5 s ── it begins ──────────────────────────────────────────────────────────────────────────────
9% █░

── 3.0 s ── it moves ───────────────────────────────────────────────────────────────────────────────
~9% █░
`

func TestRecording(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bar.txt")
	if err := recordingOf(1500*time.Millisecond, "9% █░").Write(path); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantText, string(written)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Two recordings of the same differ in times and screens only.
func TestOutline(t *testing.T) {
	t.Parallel()
	want := []string{"A bar", "$ draw", "it begins", "it moves"}
	for _, r := range []*recorder.Recording{recordingOf(time.Second, "9%"), recordingOf(time.Minute, "- 10% -\nnext line")} {
		if diff := cmp.Diff(want, recorder.Outline(r.String())); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
