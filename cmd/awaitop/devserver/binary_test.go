package devserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fake builds a file that is no CLI.
func fake(_ context.Context, folder string, _ io.Writer) error {
	return os.WriteFile(filepath.Join(folder, executable("temporal")), []byte("built"), 0o755)
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func TestCachedBuildsOnce(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "awaitop", "temporal")
	var builds atomic.Int32
	count := func(ctx context.Context, folder string, log io.Writer) error {
		builds.Add(1)
		return fake(ctx, folder, log)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			path, err := cached(t.Context(), folder, io.Discard, count)
			if err != nil {
				t.Error(err)
				return
			}
			if content, err := os.ReadFile(path); err != nil || string(content) != "built" {
				t.Errorf("%s holds %q, %v", path, content, err)
			}
		})
	}
	group.Wait()
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
	if diff := cmp.Diff([]string{"lock", executable("temporal")}, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}

func TestCachedAfterFailure(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := errors.New("broken")
	half := func(ctx context.Context, folder string, log io.Writer) error {
		return errors.Join(fake(ctx, folder, log), broken)
	}
	if _, err := cached(t.Context(), folder, io.Discard, half); !errors.Is(err, broken) {
		t.Fatalf("got %v; want the builder's error", err)
	}
	if diff := cmp.Diff([]string{"lock"}, names(t, folder)); diff != "" {
		t.Fatalf("half a build stayed (-want +got):\n%s", diff)
	}
	if _, err := cached(t.Context(), folder, io.Discard, fake); err != nil {
		t.Errorf("the next try: %v", err)
	}
}

func TestCachedWaitsForAnother(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	building, release := make(chan struct{}), make(chan struct{})
	slow := func(ctx context.Context, folder string, log io.Writer) error {
		close(building)
		<-release
		return fake(ctx, folder, log)
	}
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := cached(t.Context(), folder, io.Discard, slow); err != nil {
			t.Error(err)
		}
	})
	<-building
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := cached(ctx, folder, io.Discard, fake); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v while another built; want to wait until the deadline", err)
	}
	close(release)
	group.Wait()
}

func TestReport(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	broken := errors.New("broken")
	release := make(chan struct{})
	wait := func() error {
		<-release
		return broken
	}
	time.AfterFunc(300*time.Millisecond, func() { close(release) })
	if err := report(wait, &log, 10*time.Millisecond); !errors.Is(err, broken) {
		t.Errorf("got %v; want what the build returned", err)
	}
	if lines := strings.Count(log.String(), "so far\n"); lines < 2 {
		t.Errorf("%d lines in 300 ms, one due every 10 ms:\n%s", lines, log.String())
	}
}
