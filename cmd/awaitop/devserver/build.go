package devserver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// buildVersion is the version of the Temporal CLI to build, with server 1.29.1 and UI 2.42.1. It is the last one that
// `go install` accepts, because the go.mod files of later versions have a replace directive.
const buildVersion = "1.5.1"

// buildReports is the interval at which a build reports that it goes on.
const buildReports = 15 * time.Second

// install builds the CLI from its module with the Go toolchain on PATH.
func install(ctx context.Context, folder string, log io.Writer) error {
	command := exec.CommandContext(ctx, "go", "install", "github.com/temporalio/cli/cmd/temporal@v"+buildVersion)
	// The CLI must not be built with the settings of the calling project: its workspace, its flags, or the system
	// that it cross-compiles for.
	command.Env = append(os.Environ(), "GOBIN="+folder, "GOWORK=off", "GOFLAGS=-mod=mod", "GOOS=", "GOARCH=")
	// The go.mod of the working directory could require another toolchain.
	command.Dir = folder
	command.WaitDelay = outputWithin
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		return fmt.Errorf("build the Temporal CLI v%s: %w", buildVersion, err)
	}
	_, _ = fmt.Fprintf(log, "building the Temporal CLI v%s, once, 3 to 5 minutes\n", buildVersion)
	err := watch(command.Wait, buildReports, func(passed time.Duration) {
		_, _ = fmt.Fprintf(log, "building the Temporal CLI v%s, %s so far\n", buildVersion, passed.Round(time.Second))
	})
	if err != nil {
		return fmt.Errorf("build the Temporal CLI v%s with %s: %w\n%s", buildVersion, command, err, output.Bytes())
	}
	return nil
}

// watch calls wait, and tick at each interval until wait returns.
func watch(wait func() error, every time.Duration, tick func(passed time.Duration)) error {
	begin := time.Now()
	done := make(chan error, 1)
	go func() { done <- wait() }()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-ticker.C:
			tick(time.Since(begin))
		}
	}
}
