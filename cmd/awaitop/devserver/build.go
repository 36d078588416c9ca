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

// builder builds an executable `temporal` into a folder.
type builder func(ctx context.Context, folder string, log io.Writer) error

// reportEvery is the interval at which a build reports that it goes on.
const reportEvery = 15 * time.Second

// install builds the CLI from its module with the Go toolchain on PATH.
func install(ctx context.Context, folder string, log io.Writer) error {
	command := exec.CommandContext(ctx, "go", "install", "github.com/temporalio/cli/cmd/temporal@v"+version)
	// The CLI must not be built with the settings of the calling project: its workspace, its flags, or the system
	// that it cross-compiles for.
	command.Env = append(os.Environ(), "GOBIN="+folder, "GOWORK=off", "GOFLAGS=-mod=mod", "GOOS=", "GOARCH=")
	// The go.mod of the working directory could require another toolchain.
	command.Dir = folder
	command.WaitDelay = outputWithin
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		return fmt.Errorf("build it: %w", err)
	}
	_, _ = fmt.Fprintf(log, "building the Temporal CLI v%s, once, 3 to 5 minutes\n", version)
	if err := report(command.Wait, log, reportEvery); err != nil {
		return fmt.Errorf("build it with %s: %w\n%s", command, err, output.Bytes())
	}
	return nil
}

// report calls wait, and writes a line to log at each interval until wait returns.
func report(wait func() error, log io.Writer, every time.Duration) error {
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
			_, _ = fmt.Fprintf(log, "building the Temporal CLI v%s, %s so far\n", version, time.Since(begin).Round(time.Second))
		}
	}
}
