package devserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
)

// downloadVersion is the version of the Temporal CLI to download, with server 1.32.0 and UI 2.54.1. The version is named,
// so that each machine has the same server until this line changes.
const downloadVersion = "1.9.1"

// downloadSite is where the SDK downloads the CLI from.
const downloadSite = "https://temporal.download"

const (
	// reachWithin bounds the first request to the site. Where the site cannot be reached, the build begins after that.
	reachWithin = 5 * time.Second
	// downloadWithin bounds the download, and stallWithin the time without progress.
	downloadWithin = 10 * time.Minute
	stallWithin    = 20 * time.Second
	// downloadReports is the interval at which a download reports that it goes on.
	downloadReports = 5 * time.Second
	// versionWithin bounds one run of what was downloaded.
	versionWithin = 30 * time.Second
)

// download is a download of the CLI.
type download struct {
	// reach sends a request to the site.
	reach func(context.Context) error
	// fetch downloads the CLI into a folder and returns its path.
	fetch func(ctx context.Context, folder string) (string, error)
	// every is the interval between two looks at the download, stall the time without progress after which it ends.
	every, stall time.Duration
}

func newDownload() *download {
	d := &download{reach: reach, fetch: fetch, every: downloadReports, stall: stallWithin}
	if runtime.GOOS == "windows" {
		d.stall = downloadWithin // the SDK unpacks a zip archive only after it has all of it
	}
	return d
}

// put downloads the CLI into a folder, and runs it once to see that it is one.
func (d *download) put(ctx context.Context, folder string, log io.Writer) error {
	reaching, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	if err := d.reach(reaching); err != nil {
		return fmt.Errorf("no download of the Temporal CLI: %w", err)
	}
	_, _ = fmt.Fprintf(log, "downloading the Temporal CLI v%s, once, from %s: over TLS, without a checksum\n", downloadVersion, downloadSite)
	path, err := d.fetched(ctx, folder, log)
	if err != nil {
		return fmt.Errorf("download the Temporal CLI v%s: %w", downloadVersion, err)
	}
	if err := runs(ctx, path); err != nil {
		return fmt.Errorf("what came as the Temporal CLI v%s does not run: %w", downloadVersion, err)
	}
	return os.Rename(path, filepath.Join(folder, executable("temporal")))
}

// errStalled ends a download that makes no progress.
var errStalled = errors.New("nothing came any more")

// fetched downloads the CLI and reports the progress, until it stalls.
func (d *download) fetched(ctx context.Context, folder string, log io.Writer) (path string, err error) {
	ctx, end := context.WithTimeoutCause(ctx, downloadWithin, fmt.Errorf("it takes more than %s", downloadWithin))
	defer end()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var seen growth
	err = watch(func() (err error) {
		path, err = d.fetch(ctx, folder)
		return err
	}, d.every, func(passed time.Duration) {
		seen.look(sizeOf(folder), passed)
		_, _ = fmt.Fprintf(log, "downloading the Temporal CLI v%s, %d MB unpacked, %s so far\n", downloadVersion, seen.size>>20, passed.Round(time.Second))
		if seen.pause >= d.stall {
			stop(fmt.Errorf("%w for %s", errStalled, d.stall))
		}
	})
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // the SDK's error says only that a context was done
	}
	return path, err
}

// growth is how a download grows.
type growth struct {
	size  int64         // in bytes
	at    time.Duration // when it had grown for the last time
	pause time.Duration // since then
}

// look takes the size after some time of the download.
func (g *growth) look(size int64, passed time.Duration) {
	if size > g.size {
		g.size, g.at = size, passed
	}
	g.pause = passed - g.at
}

// sizeOf is the size of the files in a folder, in bytes.
func sizeOf(folder string) (size int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it was renamed or removed
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

// reach reports why the download site does not answer. Any answer will do. Like the SDK's requests, this one takes the
// proxy that the environment names.
func reach(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, downloadSite, nil)
	if err != nil {
		return err
	}
	asking := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := asking.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// noPort is a host without a port. StartDevServer of the SDK refuses it after the download, before it starts a server.
// Else that server would stay behind if ctx ended before it answers.
const noPort = "none"

// fetch downloads the CLI by the SDK. It starts no server.
func fetch(ctx context.Context, folder string) (string, error) {
	server, err := testsuite.StartDevServer(ctx, testsuite.DevServerOptions{
		CachedDownload: testsuite.CachedDownload{Version: "v" + downloadVersion, DestDir: folder},
		ClientOptions:  &client.Options{HostPort: noPort, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))},
		// A server that another version of the SDK might start prints its help, and ends.
		ExtraArgs: []string{"--help"}, Stdout: io.Discard, Stderr: io.Discard,
	})
	if err == nil {
		return "", errors.Join(errors.New("the SDK has started a server"), server.Stop())
	}
	path := filepath.Join(folder, executable("temporal-cli-v"+downloadVersion))
	if !isFile(path) {
		return "", err
	}
	return path, nil
}

// runs runs a CLI to print its version.
func runs(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, versionWithin)
	defer cancel()
	command := exec.CommandContext(ctx, path, "--version")
	command.WaitDelay = outputWithin
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %.200q", err, output)
	}
	return nil
}
