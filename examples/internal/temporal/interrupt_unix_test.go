//go:build unix

package temporal_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/internal/readiness"
)

// program is an example that goes on after an interrupt.
const program = itselftest.Program("AWAITOP_TEMPORAL_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		os.Exit(command.Main("example", goOn))
	}
	os.Exit(m.Run())
}

func goOn(ctx context.Context, _ []string) (bool, error) {
	server, err := temporal.Start(ctx, "", console.New(true))
	if err != nil {
		return false, err
	}
	defer server.Close()
	fmt.Println(server.Address)
	<-ctx.Done()
	fmt.Println("interrupted")
	select {}
}

// A terminal interrupts all processes of its foreground group. The example's server stays, for what the example still has
// to do. A second interrupt ends both.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	example := exec.Command(os.Args[0])
	example.Env = append(os.Environ(), string(program)+"=")
	example.Stderr = os.Stderr
	example.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := example.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := example.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = example.Process.Kill() })
	lines := bufio.NewScanner(output)
	next := func() string {
		if !lines.Scan() {
			t.Fatalf("the example has ended: %v", example.Wait())
		}
		return lines.Text()
	}
	address := next()
	interrupt := func() {
		if err := syscall.Kill(-example.Process.Pid, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
	}
	interrupt()
	if text := next(); text != "interrupted" {
		t.Fatal(text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // a server that is interrupted is gone after 1 s
	defer cancel()
	if readiness.Refuses(ctx, address) {
		t.Error("the server ended at the first interrupt")
	}
	interrupt()
	if err := example.Wait(); example.ProcessState.Success() {
		t.Errorf("the second interrupt: %v", err)
	}
	if !readiness.Refuses(t.Context(), address) {
		t.Errorf("the server at %s outlived the example", address)
	}
}
