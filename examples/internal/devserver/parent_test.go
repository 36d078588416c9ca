package devserver_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/awaitop/awaitop/examples/internal/devserver"
)

// childVariable has this test program start a server, print its address, and
// wait to be killed, instead of testing.
const childVariable = "AWAITOP_DEVSERVER_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	server, err := devserver.Start(context.Background(), devserver.Options{Log: os.Stderr})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.Address())
	select {}
}

// refuses reports whether the address stops accepting connections within 20 s.
func refuses(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return ctx.Err() == nil
		}
		_ = conn.Close()
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

func TestEndsWithParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("missing: an operating system that ends processes with their parent (Linux)")
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1")
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(output)
	if !scanner.Scan() {
		t.Errorf("the child printed no address: %v", scanner.Err())
	}
	address := scanner.Text()
	_ = child.Process.Kill()
	_ = child.Wait()
	if address != "" && !refuses(t.Context(), address) {
		t.Errorf("the server at %s outlived the program that started it", address)
	}
}
