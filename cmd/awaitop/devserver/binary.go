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

// version of the Temporal CLI that is built. It carries server 1.29.1 and UI
// 2.42.1, and is the last one that `go install` accepts: the go.mod files of
// later ones have a replace directive.
const version = "1.5.1"

// lockEvery is how often a process that waits for another one's build asks
// whether it is over.
const lockEvery = 250 * time.Millisecond

// find returns the path of a Temporal CLI: the one on PATH, of whatever
// version, else the one in the cache, else one built there now.
//
// The SDK can download one, in testsuite.StartDevServer, but not on its own: it
// starts a server right after, which stays behind when the context that bounds
// the download ends in between. A CLI installed by hand on PATH is as quick.
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

// cached returns the CLI in folder, building it first where it is missing. A
// lock file has processes that look at the same time, such as the tests of
// several packages, wait for one build.
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
		return "", fmt.Errorf("wait for another build of it, %s: %w", lock.Path(), err)
	}
	defer func() { _ = lock.Unlock() }()
	if present(target) {
		return target, nil
	}
	return target, place(ctx, folder, target, log, build)
}

// place builds into a folder of its own beside target and renames: a target
// that exists is whole.
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
