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

// fake puts a file that is no CLI.
func fake(_ context.Context, folder string, _ io.Writer) error {
	return os.WriteFile(filepath.Join(folder, executable("temporal")), []byte("made"), 0o755)
}

// missing is a source that has none.
func missing(context.Context, string, io.Writer) error { return errors.New("not here") }

// tree lists the files of a folder.
func tree(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path, err = filepath.Rel(folder, path)
			found = append(found, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCachedOnce(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "awaitop")
	var made atomic.Int32
	from := []source{{"1", func(ctx context.Context, folder string, log io.Writer) error {
		made.Add(1)
		return fake(ctx, folder, log)
	}}}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			path, err := cached(t.Context(), folder, io.Discard, from)
			if err != nil {
				t.Error(err)
				return
			}
			if content, err := os.ReadFile(path); err != nil || string(content) != "made" {
				t.Errorf("%s holds %q, %v", path, content, err)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
	if diff := cmp.Diff([]string{"lock", "temporal-1/" + executable("temporal")}, tree(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}

// The sources are asked in turn. What is there is not asked for.
func TestCachedSources(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		there  []string // versions in the cache before
		first  func(context.Context, string, io.Writer) error
		second func(context.Context, string, io.Writer) error
		want   string // version, "" for an error
		log    string
	}{
		"first":       {"it has one", nil, fake, missing, "1", ""},
		"second":      {"the first has none", nil, missing, fake, "2", "not here\n"},
		"none":        {"both errors are told", nil, missing, missing, "", "not here\n"},
		"there":       {"the first would serve it, but nothing is asked for", []string{"2"}, fake, missing, "2", ""},
		"both there":  {"the first is the best", []string{"1", "2"}, missing, missing, "1", ""},
		"later there": {"another process was killed", []string{"1/" + unfinished + "3"}, fake, missing, "1", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for _, version := range tt.there {
				at := filepath.Join(folder, "temporal-"+version)
				if err := errors.Join(os.MkdirAll(at, 0o755), fake(t.Context(), at, nil)); err != nil {
					t.Fatal(err)
				}
			}
			var log bytes.Buffer
			from := []source{{"1", tt.first}, {"2", tt.second}}
			path, err := cached(t.Context(), folder, &log, from)
			want := ""
			if tt.want != "" {
				want = filepath.Join(folder, "temporal-"+tt.want, executable("temporal"))
			}
			if path != want || (err == nil) != (want != "") || log.String() != tt.log {
				t.Errorf("%s: %q, %v, log %q; want %q, log %q", tt.reason, path, err, log.String(), want, tt.log)
			}
			if want == "" && strings.Count(err.Error(), "not here") != 2 {
				t.Errorf("%s: %v", tt.reason, err)
			}
			if strings.Contains(strings.Join(tree(t, folder), " "), unfinished) {
				t.Errorf("%s: left: %q", tt.reason, tree(t, folder))
			}
		})
	}
}

// An interrupt is no reason to go on with the next source.
func TestCachedInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := func(context.Context, string, io.Writer) error {
		cancel()
		return ctx.Err()
	}
	second := func(context.Context, string, io.Writer) error {
		t.Error("the second source is asked after an interrupt")
		return nil
	}
	if _, err := cached(ctx, t.TempDir(), io.Discard, []source{{"1", interrupted}, {"2", second}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCachedAfterFailure(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := errors.New("broken")
	half := func(ctx context.Context, folder string, log io.Writer) error {
		return errors.Join(fake(ctx, folder, log), broken)
	}
	if _, err := cached(t.Context(), folder, io.Discard, []source{{"1", half}}); !errors.Is(err, broken) {
		t.Fatalf("got %v; want the source's error", err)
	}
	if diff := cmp.Diff([]string{"lock"}, tree(t, folder)); diff != "" {
		t.Fatalf("half a CLI stayed (-want +got):\n%s", diff)
	}
	if _, err := cached(t.Context(), folder, io.Discard, []source{{"1", fake}}); err != nil {
		t.Errorf("the next try: %v", err)
	}
}

func TestCachedWaitsForAnother(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	making, release := make(chan struct{}), make(chan struct{})
	slow := func(ctx context.Context, folder string, log io.Writer) error {
		close(making)
		<-release
		return fake(ctx, folder, log)
	}
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := cached(t.Context(), folder, io.Discard, []source{{"1", slow}}); err != nil {
			t.Error(err)
		}
	})
	<-making
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := cached(ctx, folder, io.Discard, []source{{"1", fake}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v while another made one; want to wait until the deadline", err)
	}
	close(release)
	group.Wait()
}

func TestWatch(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ticked, release := make(chan struct{}, 2), make(chan struct{})
	go func() {
		<-ticked
		<-ticked
		close(release)
	}()
	err := watch(func() error {
		<-release
		return broken
	}, time.Millisecond, func(time.Duration) {
		select {
		case ticked <- struct{}{}:
		default:
		}
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v; want what wait returned", err)
	}
}
