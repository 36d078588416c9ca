package devserver

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// version is the version of the Temporal CLI to build, with server 1.29.1 and UI 2.42.1. It is the last one that
// `go install` accepts, because the go.mod files of later versions have a replace directive.
const version = "1.5.1"

// lockEvery is the interval at which a process tries the lock that another process holds while it builds.
const lockEvery = 250 * time.Millisecond

// find returns the path of a Temporal CLI: that on PATH, of any version, else that in the cache. Without either it builds
// one into the cache.
//
// testsuite.StartDevServer of the SDK downloads a CLI, but starts a server right after. That server stays behind if the
// context that bounds the download ends in between.
func find(ctx context.Context, log io.Writer) (string, error) {
	if found, err := exec.LookPath(executable("temporal")); err == nil {
		return filepath.Abs(found)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return cached(ctx, filepath.Join(base, "awaitop", "temporal-"+version), log, install)
}

// cached returns the CLI in folder, and builds it first if it is missing. A lock file makes processes that need it at the
// same time, such as the tests of several packages, wait for one build.
func cached(ctx context.Context, folder string, log io.Writer, build builder) (string, error) {
	target := filepath.Join(folder, executable("temporal"))
	if present(target) {
		return target, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(folder, "lock"))
	if _, err := lock.TryLockContext(ctx, lockEvery); err != nil {
		return "", fmt.Errorf("wait for another process to build it, by the lock %s: %w", lock.Path(), err)
	}
	defer func() { _ = lock.Unlock() }()
	if present(target) {
		return target, nil
	}
	return target, place(ctx, folder, target, log, build)
}

// place builds into a folder of its own and renames the result to target, so that target is complete if it exists.
func place(ctx context.Context, folder, target string, log io.Writer, build builder) error {
	temporary, err := os.MkdirTemp(folder, "building-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := build(ctx, temporary, log); err != nil {
		return err
	}
	return os.Rename(filepath.Join(temporary, filepath.Base(target)), target)
}

func present(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
