package devserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/awaitop/awaitop/internal/freeport"
	"github.com/awaitop/awaitop/internal/readiness"
)

// Options configure a server. The zero value has no UI, no log, and a state in memory.
type Options struct {
	// DBFile is the SQLite file of the server's state. The server creates it if it is missing. Empty keeps the state
	// in memory, where it does not survive [Server.Kill].
	DBFile string
	// UI starts the Web UI too.
	UI bool
	// Port and UIPort are the ports of the server and its UI. 0 takes a free port.
	Port, UIPort int
	// SearchAttributes are search attributes to add to the namespace: types such as "KeywordList", by name.
	SearchAttributes map[string]string
	// DynamicConfig has settings of the server's dynamic configuration: JSON, by name.
	DynamicConfig map[string]string
	// IgnoreInterrupts keeps the interrupts of a terminal (Ctrl-C) from the server. It is for a program that handles
	// them and calls [Server.Stop]: else the server ends before the program has ended its work.
	IgnoreInterrupts bool
	// Log takes the server's errors until [Server.Stop], and the progress of a download or a build. Nil discards them.
	// If the program writes to it too, it must be safe for concurrent use. It must last as long as the server.
	Log io.Writer
	// ServerLog takes the server's errors in place of Log, which then takes the progress of a download or a build alone.
	// The rules for Log hold for it.
	ServerLog io.Writer
}

// Server is a dev server on fixed loopback ports. Its process may end and start again. Its methods are safe for concurrent
// use.
type Server struct {
	binary  string
	options Options
	port    int
	uiPort  int

	mu      sync.Mutex
	process *process
}

// attempts bounds how often Start tries, with other ports each time, because another process may take a free port before
// the server does.
const attempts = 3

// Start finds, downloads or builds the Temporal CLI, starts a server on 127.0.0.1, and returns once its namespace "default"
// answers. It fails if there is no CLI to be had, if the server ends before it answers, if it does not answer within
// 3 minutes, or if ctx is done first. Then it leaves no process. ctx bounds the download, the build and the start, not the
// server's life.
func Start(ctx context.Context, options Options) (*Server, error) {
	if options.Log == nil {
		options.Log = io.Discard
	}
	if options.ServerLog == nil {
		options.ServerLog = options.Log
	}
	binary, err := find(ctx, options.Log)
	if err != nil {
		return nil, fmt.Errorf("find the Temporal CLI: %w", err)
	}
	var failures error
	for range attempts {
		ports, err := freeport.Take(2)
		if err != nil {
			return nil, err
		}
		server := &Server{binary: binary, options: options, port: cmp.Or(options.Port, ports[0]), uiPort: cmp.Or(options.UIPort, ports[1])}
		err = server.Restart(ctx)
		if err == nil {
			return server, nil
		}
		failures = errors.Join(failures, err)
		if !errors.Is(err, readiness.ErrEnded) {
			break
		}
	}
	return nil, failures
}

// CLI is the path of the Temporal CLI that the server is a process of.
func (s *Server) CLI() string { return s.binary }

// Address is the host:port of the gRPC frontend, for HostPort of a client. It stays the same over restarts.
func (s *Server) Address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// UIURL is the URL of the Web UI, "" without one. It stays the same over restarts.
func (s *Server) UIURL() string {
	if !s.options.UI {
		return ""
	}
	return fmt.Sprintf("http://127.0.0.1:%d", s.uiPort)
}

// Pid is the id of the server's last process, which may have ended since.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.pid
}

// Kill ends the process with SIGKILL, as a crash would, and returns once it is gone. The state in DBFile stays. Kill does
// nothing if no process runs.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.kill()
}

// Stop interrupts the process, kills it if it does not end within 10 s, and returns once it is gone. Stop does nothing if
// no process runs.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.stop()
}

// Restart kills the process, if one runs, and starts another on the same ports with the same DBFile. It returns once the
// namespace "default" answers, within 3 minutes. On an error it leaves no process, and the caller may call it again.
// Without a DBFile the server comes back empty.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		if err := s.process.kill(); err != nil {
			return err
		}
	}
	started, err := launch(s.binary, s.arguments(), s.options.ServerLog, s.options.IgnoreInterrupts)
	if err != nil {
		return err
	}
	s.process = started
	if err := readiness.Await(ctx, s.process.ended, s.answers); err != nil {
		return errors.Join(fmt.Errorf("start the Temporal dev server at %s: %w", s.Address(), err), started.kill())
	}
	return nil
}

func (s *Server) arguments() []string {
	arguments := []string{
		"server", "start-dev", "--log-level", "error",
		"--ip", "127.0.0.1", "--port", fmt.Sprint(s.port),
		// Else the server sends a request to Temporal to learn of newer versions.
		"--dynamic-config-value", "frontend.enableServerVersionCheck=false",
	}
	for _, name := range slices.Sorted(maps.Keys(s.options.DynamicConfig)) {
		arguments = append(arguments, "--dynamic-config-value", name+"="+s.options.DynamicConfig[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.options.SearchAttributes)) {
		arguments = append(arguments, "--search-attribute", name+"="+s.options.SearchAttributes[name])
	}
	if s.options.DBFile != "" {
		arguments = append(arguments, "--db-filename", s.options.DBFile)
	}
	if s.options.UI {
		return append(arguments, "--ui-port", fmt.Sprint(s.uiPort))
	}
	return append(arguments, "--headless")
}
