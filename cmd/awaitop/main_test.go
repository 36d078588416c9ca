package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"

	"log/slog"
)

// All tests share the binary and a Temporal server, each a process.
var (
	binary string
	dev    *devserver.Server
)

func TestMain(m *testing.M) {
	if os.Getenv(impatientVariable) != "" {
		os.Exit(beImpatient())
	}
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "test.parallel" })
	if !set { // the tests wait more than they compute
		_ = flag.Set("test.parallel", "6") // there is such a flag
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "awaitop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary = filepath.Join(folder, "awaitop")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build awaitop: %v\n%s", err, out)
		return 1
	}
	dev, err = devserver.Start(context.Background(), devserver.Options{
		Log:              os.Stderr,
		SearchAttributes: map[string]string{"AwaitopOperation": "KeywordList", "AwaitopState": "Keyword", "AwaitopPercent": "Int"},
		DynamicConfig: map[string]string{
			"history.maxTotalUpdates": "20", "history.maxInFlightUpdates": "20",
			"matching.longPollExpirationInterval": `"10s"`, // not 60: TestFatalError waits for it
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "no Temporal server:", err)
		return 1
	}
	defer func() { _ = dev.Stop() }()
	return m.Run()
}

// site is a task queue with a worker process, and the Spanner that the worker reaches.
type site struct {
	t        *testing.T
	binary   string // of its workers
	queue    string
	service  *testsuite.Service
	endpoint string // of service
	client   client.Client
	worker   *process
}

func newSite(t *testing.T, options testsuite.Options) *site {
	t.Helper()
	service := testsuite.ForTest(t, options)
	s := &site{t: t, binary: binary, queue: strings.ReplaceAll(t.Name(), "/", "-"), service: service}
	s.endpoint = service.Serve(t)
	s.client = dial(t)
	return s
}

func dial(t *testing.T) client.Client {
	t.Helper()
	return dialIn(t, client.DefaultNamespace)
}

func dialIn(t *testing.T, namespace string) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: dev.Address(), Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// serve starts a worker and waits until it serves.
func (s *site) serve(config string, environment ...string) *process {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "awaitop.yaml")
	text := fmt.Sprintf("taskQueue: %s\nwithoutAuthentication: true\nlisten: 127.0.0.1:0\nservices:\n  - name: %s\n    endpoint: %s\n%s", s.queue, lro.SpannerService, s.endpoint, config)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.worker = startBinary(s.t, s.binary, append(environment, "TEMPORAL_ADDRESS="+dev.Address()), "worker", "--config", file)
	s.worker.until(s.t, "msg=serving taskQueue")
	return s.worker
}

// start starts an operation of a new instance, so that no List answers for several.
func (s *site) start(name string, script testsuite.Script) lro.Ref {
	s.t.Helper()
	return s.service.Start(fmt.Sprintf("projects/%s/instances/%s/backups/b/operations/%s", strings.ToLower(s.queue), name, name), script)
}

// succeed ends an operation that runs for ever, or for longer than any test: on a busy machine, one that runs for seconds
// may end before the test has seen it run.
func (s *site) succeed(ref lro.Ref) {
	s.t.Helper()
	s.service.Finish(ref, testsuite.Succeed(`{"name":"x"}`))
}

// process is a run of the binary: its output, and its exit status once it has ended.
type process struct {
	command *exec.Cmd
	out     output // standard output
	err     output // standard error
	ended   chan struct{}
	drained <-chan struct{} // nil unless its output is that of a terminal: closed when all of it is there
	status  int
}

// output is the output of a process so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startIn(t, []string{"TEMPORAL_ADDRESS=" + dev.Address()}, args...)
}

// startIn starts the binary with variables beside the test's environment.
func startIn(t *testing.T, environment []string, args ...string) *process {
	t.Helper()
	return startBinary(t, binary, environment, args...)
}

func startBinary(t *testing.T, binary string, environment []string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(binary, args...), ended: make(chan struct{})}
	p.command.Env = append(cleanEnvironment(), environment...)
	p.command.Stdout, p.command.Stderr = &p.out, &p.err
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	p.watch(t)
	return p
}

// cleanEnvironment is the test's environment without what configures awaitop.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "TEMPORAL_") || strings.HasPrefix(v, "AWAITOP_") || strings.HasPrefix(v, "NO_COLOR=")
	})
}

// watch notes the end of the process, and ends the process with the test.
func (p *process) watch(t *testing.T) {
	go func() {
		err := p.command.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			p.status = exit.ExitCode()
		} else if err != nil {
			p.status = -1
		}
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
		case <-time.After(20 * time.Second):
			_ = p.command.Process.Kill()
			<-p.ended
		}
	})
}

// until waits for text in the output.
func (p *process) until(t *testing.T, text string) {
	t.Helper()
	eventually(t, func() error {
		if strings.Contains(p.err.String(), text) || strings.Contains(p.out.String(), text) {
			return nil
		}
		select {
		case <-p.ended:
			t.Fatalf("it ended with status %d before %q:\n%s%s", p.status, text, p.out.String(), p.err.String())
		default:
		}
		return fmt.Errorf("no %q in:\n%s%s", text, p.out.String(), p.err.String())
	})
}

// wait waits for the process's end.
func (p *process) wait(t *testing.T) *process {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatalf("it goes on after a minute:\n%s%s", p.out.String(), p.err.String())
	}
	if p.drained != nil {
		<-p.drained
	}
	return p
}

// awaitop runs the binary to its end.
func awaitop(t *testing.T, args ...string) *process {
	t.Helper()
	return start(t, args...).wait(t)
}

// wants checks the exit status, and that the output has the texts.
func (p *process) wants(t *testing.T, status int, texts ...string) {
	t.Helper()
	all := p.out.String() + p.err.String()
	if p.status != status {
		t.Errorf("%v: exit status %d, want %d:\n%s", p.command.Args[1:], p.status, status, all)
	}
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("%v: no %q in:\n%s", p.command.Args[1:], text, all)
		}
	}
}

func eventually(t *testing.T, check func() error) {
	t.Helper()
	deadline := time.Now().Add(45 * time.Second)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// lines decodes JSON lines.
func lines[T any](t *testing.T, text string) []T {
	t.Helper()
	var all []T
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var one T
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%v in:\n%s", err, text)
		}
		all = append(all, one)
	}
}

// page reads a page of the worker's HTTP server.
func (p *process) page(t *testing.T, path string) (status int, body string) {
	t.Helper()
	_, rest, _ := strings.Cut(p.err.String(), "address=")
	address, _, _ := strings.Cut(rest, "\n")
	response, err := http.Get("http://" + address + path)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(read)
}
