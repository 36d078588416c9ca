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

// Options say what server to start. The zero value is one without UI, without
// a log, and with a state that ends with it.
type Options struct {
	// DBFile is the SQLite file with the server's state; it is created if
	// missing. Empty keeps the state in memory: it does not survive a Kill.
	DBFile string
	// UI starts the Web UI too.
	UI bool
	// Port and UIPort are where it serves; 0 for free ones.
	Port, UIPort int
	// SearchAttributes are those that the namespace has beside Temporal's own: types
	// such as "KeywordList" by name.
	SearchAttributes map[string]string
	// DynamicConfig holds settings of the server's dynamic configuration, in JSON by
	// name.
	DynamicConfig map[string]string
	// Log gets the server's warnings and the progress of a build. Nil discards
	// them. It must be safe for concurrent use if it is used elsewhere too, and
	// must last as long as the server.
	Log io.Writer
}

// Server is one dev server on fixed loopback ports, and the process that
// currently serves it, if any. Its methods are safe for concurrent use.
type Server struct {
	binary  string
	options Options
	port    int
	uiPort  int

	mu      sync.Mutex
	process *process
}

// attempts is how many times Start tries, with other ports each time: between
// being found free and being listened on, a port can be taken.
const attempts = 3

// Start finds or builds the Temporal CLI, starts a server on free ports of
// 127.0.0.1, and returns once its namespace "default" answers. It fails when no
// CLI is to be had, when the server ends before it answers, when it does not
// answer within a minute, or when ctx ends first; no process is left then. ctx
// bounds the start (and build) alone, not the server's life.
func Start(ctx context.Context, options Options) (*Server, error) {
	if options.Log == nil {
		options.Log = io.Discard
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

// Address is the host:port of the gRPC frontend, the client's HostPort. It
// stays the same over restarts.
func (s *Server) Address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// UIURL is the Web UI's address, or empty without one. It stays the same over
// restarts.
func (s *Server) UIURL() string {
	if !s.options.UI {
		return ""
	}
	return fmt.Sprintf("http://127.0.0.1:%d", s.uiPort)
}

// Pid is the process id of the last process started for this server, which may
// have ended since.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.pid
}

// Kill ends the process as a crash would, with SIGKILL, and returns when it is
// gone. What DBFile holds stays. Killing a server that does not run does
// nothing.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.kill()
}

// Stop asks the process to end, kills it if it has not within 10 s, and returns
// when it is gone. Stopping a server that does not run does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.stop()
}

// Restart starts a new process on the same ports with the same DBFile, after
// killing the one that runs, if any. It returns once the namespace "default"
// answers, within a minute; on an error no process is left, and Restart may be
// tried again. Without a DBFile the server comes back empty.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		if err := s.process.kill(); err != nil {
			return err
		}
	}
	started, err := launch(s.binary, s.arguments(), s.options.Log)
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
		// The server would ask its maker for newer versions.
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
