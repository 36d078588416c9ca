package devserver_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
)

func start(t *testing.T, options devserver.Options) *devserver.Server {
	t.Helper()
	options.Log = os.Stderr
	server, err := devserver.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func dial(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func startWorkflow(t *testing.T, address, id string) {
	t.Helper()
	_, err := dial(t, address).ExecuteWorkflow(t.Context(),
		client.StartWorkflowOptions{ID: id, TaskQueue: "nobody-listens"}, "Nothing")
	if err != nil {
		t.Fatalf("start workflow %q: %v", id, err)
	}
}

func describes(t *testing.T, address, id string) bool {
	t.Helper()
	_, err := dial(t, address).DescribeWorkflowExecution(t.Context(), id, "")
	return err == nil
}

func TestRestart(t *testing.T) {
	t.Parallel()
	cases := []struct {
		reason string
		file   bool
		end    func(*devserver.Server) error
		kept   bool
	}{
		{reason: "a crash loses nothing that a file holds", file: true, end: (*devserver.Server).Kill, kept: true},
		{reason: "nor does an orderly stop", file: true, end: (*devserver.Server).Stop, kept: true},
		{reason: "without a file the server comes back empty", end: (*devserver.Server).Kill},
		{reason: "a server that still runs is killed first", file: true, end: func(*devserver.Server) error { return nil }, kept: true},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			options := devserver.Options{}
			if c.file {
				options.DBFile = filepath.Join(t.TempDir(), "temporal.db")
			}
			server := start(t, options)
			address, pid := server.Address(), server.Pid()
			startWorkflow(t, address, "before")
			if err := c.end(server); err != nil {
				t.Fatal(err)
			}
			if err := server.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if server.Address() != address || server.Pid() == pid {
				t.Errorf("restarted as %s, process %d; was %s, process %d", server.Address(), server.Pid(), address, pid)
			}
			if got := describes(t, address, "before"); got != c.kept {
				t.Errorf("workflow from before is there: %v; want %v", got, c.kept)
			}
			startWorkflow(t, address, "after")
		})
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	cases := []struct {
		reason string
		end    func(*devserver.Server) error
	}{
		{reason: "Kill returns when the process is gone", end: (*devserver.Server).Kill},
		{reason: "Stop too", end: (*devserver.Server).Stop},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			server := start(t, devserver.Options{})
			for range 2 { // the second has nothing to do
				if err := c.end(server); err != nil {
					t.Fatal(err)
				}
			}
			if conn, err := net.Dial("tcp", server.Address()); err == nil {
				_ = conn.Close()
				t.Errorf("%s still accepts connections", server.Address())
			}
		})
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	cases := []struct {
		reason  string
		ctx     context.Context
		options devserver.Options
	}{
		{reason: "a file that cannot be made ends the process", ctx: t.Context(),
			options: devserver.Options{DBFile: filepath.Join(t.TempDir(), "missing", "temporal.db")}},
		{reason: "nobody waits any longer", ctx: canceled},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			if server, err := devserver.Start(c.ctx, c.options); err == nil {
				t.Errorf("started at %s", server.Address())
				_ = server.Stop()
			}
		})
	}
}

func TestUI(t *testing.T) {
	t.Parallel()
	// Start answers for the page: it returns once the UI has served it.
	if url := start(t, devserver.Options{UI: true}).UIURL(); url == "" {
		t.Error("no address of the UI")
	}
	if url := start(t, devserver.Options{}).UIURL(); url != "" {
		t.Errorf("UI at %q without one", url)
	}
}
