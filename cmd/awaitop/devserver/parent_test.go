package devserver_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/internal/readiness"
)

// childVariable makes this test program start a server, print its address and wait for its end, in place of testing.
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
	if address != "" && !readiness.Refuses(t.Context(), address) {
		t.Errorf("the server at %s outlived the program that started it", address)
	}
}
