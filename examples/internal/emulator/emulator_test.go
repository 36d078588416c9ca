package emulator_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/internal/emulator"
	"github.com/awaitop/awaitop/internal/readiness"
)

// childVariable has this test program start an emulator, print its addresses,
// and wait to be killed, instead of testing.
const childVariable = "AWAITOP_EMULATOR_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	e, err := emulator.Start(context.Background(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(e.Address(), strings.TrimPrefix(e.Endpoint(), "http://"))
	select {}
}

func start(t *testing.T) *emulator.Emulator {
	t.Helper()
	e, err := emulator.Start(t.Context(), nil)
	if errors.Is(err, emulator.ErrNotFound) {
		t.Skip("missing: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestStart(t *testing.T) {
	t.Parallel()
	e := start(t)
	body := strings.NewReader(`{"instanceId":"one","instance":{"config":"projects/p/instanceConfigs/emulator-config","displayName":"one","nodeCount":1}}`)
	response, err := http.Post(e.Endpoint()+"/v1/projects/p/instances", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(answer), "projects/p/instances/one/operations/") {
		t.Errorf("CreateInstance: %s, %v\n%s", response.Status, err, answer)
	}
	for range 2 { // the second has nothing to do
		if err := e.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	// emulator_main serves the one, gateway_main the other.
	for _, address := range []string{e.Address(), strings.TrimPrefix(e.Endpoint(), "http://")} {
		if !readiness.Refuses(t.Context(), address) {
			t.Errorf("%s still accepts connections", address)
		}
	}
}

func TestEndsWithParent(t *testing.T) {
	t.Parallel()
	start(t) // or skip
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(output)
	if !scanner.Scan() {
		t.Errorf("the child printed no addresses: %v", scanner.Err())
	}
	addresses := strings.Fields(scanner.Text())
	_ = child.Process.Kill()
	_ = child.Wait()
	for _, address := range addresses {
		if !readiness.Refuses(t.Context(), address) {
			t.Errorf("%s outlived the program that started it", address)
		}
	}
}

func TestStartCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e, err := emulator.Start(ctx, nil); err == nil {
		t.Errorf("started at %s though nobody waits", e.Endpoint())
		_ = e.Stop()
	}
}

// Not parallel: it changes the environment.
func TestOtherGclouds(t *testing.T) {
	cases := []struct {
		reason   string
		script   string
		notFound bool
		fails    string
	}{
		{reason: "no gcloud on PATH", notFound: true, fails: "not installed"},
		{reason: "a gcloud without the component", script: "echo /nowhere", notFound: true, fails: "not installed"},
		{reason: "a gcloud that does not work is not a missing one", script: "exit 3", fails: "ask gcloud for its folder"},
		{reason: "an emulator that ends at once is not waited for", script: `[ "$1" = info ] && echo "$ROOT"`, fails: "ended before it answered"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			root := t.TempDir()
			t.Setenv("ROOT", root)
			t.Setenv("PATH", root+":/bin:/usr/bin")
			if c.script == "" {
				t.Setenv("PATH", root)
			}
			write(t, filepath.Join(root, "gcloud"), c.script)
			write(t, filepath.Join(root, "bin", "cloud_spanner_emulator", "gateway_main"), "exit 1")
			_, err := emulator.Start(t.Context(), nil)
			if err == nil || errors.Is(err, emulator.ErrNotFound) != c.notFound || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got %v; want ErrNotFound: %v, and %q", err, c.notFound, c.fails)
			}
		})
	}
}

// write makes an executable script, or nothing if it is to be empty.
func write(t *testing.T, path, script string) {
	t.Helper()
	if script == "" {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
