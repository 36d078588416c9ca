package devserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockEvery is the interval at which a process tries the lock that another process holds while it downloads or builds.
const lockEvery = 250 * time.Millisecond

// source is where a Temporal CLI comes from.
type source struct {
	version string
	// put puts an executable `temporal` into a folder.
	put func(ctx context.Context, folder string, log io.Writer) error
}

// sources are the sources of a CLI, the best first.
func sources() []source {
	return []source{
		{version: downloadVersion, put: newDownload().put},
		{version: buildVersion, put: install},
	}
}

// find returns the path of a Temporal CLI: that on PATH, of any version, else one in the cache. Without either it puts one
// into the cache.
func find(ctx context.Context, log io.Writer) (string, error) {
	if found, err := exec.LookPath(executable("temporal")); err == nil {
		return filepath.Abs(found)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return cached(ctx, filepath.Join(base, "awaitop"), log, sources())
}

// cached returns the first CLI of the sources that is in folder, each in a subfolder of its version. Without any, it takes
// one from the first source that has one. A lock file makes processes that need a CLI at the same time, such as the tests
// of several packages, wait for one download or build.
func cached(ctx context.Context, folder string, log io.Writer, from []source) (string, error) {
	if found := present(folder, from); found != "" {
		return found, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(folder, "lock"))
	if _, err := lock.TryLockContext(ctx, lockEvery); err != nil {
		return "", fmt.Errorf("wait for another process to get it, by the lock %s: %w", lock.Path(), err)
	}
	defer func() { _ = lock.Unlock() }()
	if found := present(folder, from); found != "" {
		return found, nil
	}
	return take(ctx, folder, log, from)
}

// take takes a CLI from the first source that has one.
func take(ctx context.Context, folder string, log io.Writer, from []source) (string, error) {
	var failures error
	for i, s := range from {
		target, err := s.place(ctx, folder, log)
		if err == nil {
			return target, nil
		}
		failures = errors.Join(failures, err)
		if ctx.Err() != nil {
			break
		}
		if i < len(from)-1 {
			_, _ = fmt.Fprintln(log, err)
		}
	}
	return "", failures
}

// place puts the CLI into a folder of its own and renames that to the source's, so that the CLI is complete if it is there.
func (s source) place(ctx context.Context, folder string, log io.Writer) (string, error) {
	target := s.path(folder)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return "", err
	}
	if err := sweep(filepath.Dir(target)); err != nil {
		return "", err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(target), unfinished)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := s.put(ctx, temporary, log); err != nil {
		return "", err
	}
	return target, os.Rename(filepath.Join(temporary, filepath.Base(target)), target)
}

// unfinished begins the names of folders that a CLI is put into.
const unfinished = "unfinished-"

// sweep removes what processes that were killed have left. The caller holds the lock.
func sweep(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), unfinished) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}

// path is where the source's CLI is in the cache.
func (s source) path(folder string) string {
	return filepath.Join(folder, "temporal-"+s.version, executable("temporal"))
}

// present is the path of the first CLI that is there, "" for none.
func present(folder string, from []source) string {
	for _, s := range from {
		if isFile(s.path(folder)) {
			return s.path(folder)
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
