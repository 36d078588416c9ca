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

// builder puts an executable `temporal` into a folder.
type builder func(ctx context.Context, folder string, log io.Writer) error

// reportEvery is how often a build says that it is still at it.
const reportEvery = 15 * time.Second

// install builds the CLI from its module with the Go toolchain on PATH.
func install(ctx context.Context, folder string, log io.Writer) error {
	command := exec.CommandContext(ctx, "go", "install", "github.com/temporalio/cli/cmd/temporal@v"+version)
	// The settings of the project that runs this are not the CLI's: neither its
	// workspace nor its flags, nor a system it may be cross-compiling for.
	command.Env = append(os.Environ(), "GOBIN="+folder, "GOWORK=off", "GOFLAGS=-mod=mod", "GOOS=", "GOARCH=")
	// A module's folder as working directory could ask for another toolchain.
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

// report waits, and writes a line to log every so often until wait returns.
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
