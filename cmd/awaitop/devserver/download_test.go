package devserver

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cli writes a program that takes --version as the CLI does.
func cli(folder, program string) (string, error) {
	path := filepath.Join(folder, "downloaded")
	// A process that another test starts meanwhile would have the file open, and the system would refuse to run it.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return path, os.WriteFile(path, []byte(program), 0o755)
}

// What a download comes to.
func TestDownload(t *testing.T) {
	t.Parallel()
	blackHole := func(ctx context.Context, _ string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	working := func(_ context.Context, folder string) (string, error) { return cli(folder, "#!/bin/sh\nexit 0\n") }
	answers := func(context.Context) error { return nil }
	tests := map[string]struct {
		reason string
		reach  func(context.Context) error
		fetch  func(context.Context, string) (string, error)
		want   string // in the error, "" for none
		log    string
	}{
		"works":       {"it is a CLI", answers, working, "", "over TLS, without a checksum"},
		"unreachable": {"nothing is downloaded", func(context.Context) error { return errors.New("no such host") }, nil, "no download of the Temporal CLI: no such host", ""},
		"refused":     {"the SDK's error", answers, func(context.Context, string) (string, error) { return "", errors.New("status: 404") }, "status: 404", "downloading"},
		"stalls":      {"it ends by itself", answers, blackHole, "nothing came any more for 40ms", "0 MB unpacked"},
		"garbage":     {"a portal's page, perhaps", answers, func(_ context.Context, folder string) (string, error) { return cli(folder, "<html>") }, "does not run", "downloading"},
		"fails": {"another machine's", answers, func(_ context.Context, folder string) (string, error) {
			return cli(folder, "#!/bin/sh\necho no\nexit 3\n")
		}, `does not run: exit status 3: "no\n"`, "downloading"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			folder := t.TempDir()
			d := &download{reach: tt.reach, fetch: tt.fetch, every: 10 * time.Millisecond, stall: 40 * time.Millisecond}
			err := d.put(t.Context(), folder, &log)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %q", tt.reason, err, tt.want)
			}
			if !strings.Contains(log.String(), tt.log) || tt.log == "" && log.Len() > 0 {
				t.Errorf("%s: log %q, want %q", tt.reason, log.String(), tt.log)
			}
			if there := isFile(filepath.Join(folder, executable("temporal"))); there != (tt.want == "") {
				t.Errorf("%s: the CLI is there: %v", tt.reason, there)
			}
		})
	}
}

// A download stalls if it does not grow, however much there is.
func TestGrowth(t *testing.T) {
	t.Parallel()
	var g growth
	for _, look := range []struct {
		reason string
		size   int64
		passed time.Duration
		pause  time.Duration
	}{
		{"the site takes its time", 0, 5 * time.Second, 5 * time.Second},
		{"it begins", 1, 10 * time.Second, 0},
		{"it grows slowly", 2, 15 * time.Second, 0},
		{"it stops", 2, 20 * time.Second, 5 * time.Second},
		{"it does not go on", 2, 25 * time.Second, 10 * time.Second},
		{"it goes on", 3, 30 * time.Second, 0},
	} {
		if g.look(look.size, look.passed); g.pause != look.pause || g.size != look.size {
			t.Errorf("%s: %+v, want a pause of %s", look.reason, g, look.pause)
		}
	}
}
