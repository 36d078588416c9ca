package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/lro"
)

// endWithin is how long a child may take to end by itself.
const endWithin = 15 * time.Second

// process is a child as its parent sees it.
type process struct {
	command *exec.Cmd
	stdin   io.Closer

	mu       sync.Mutex
	requests *json.Encoder
	reports  *json.Decoder
}

// startProcess returns once the child is ready.
func startProcess(config childConfig, out *console.Console) (*process, error) {
	encoded, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(self)
	command.Env = append(defaultRuntime(os.Environ()), envChild+"="+string(encoded))
	command.Stderr = out
	stdin, err := command.StdinPipe() // closes with this process
	if err != nil {
		return nil, err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start a child process: %w", err)
	}
	p := &process{command: command, stdin: stdin, requests: json.NewEncoder(stdin), reports: json.NewDecoder(stdout)}
	var ready childReport
	if err := p.reports.Decode(&ready); err != nil {
		p.stop()
		return nil, fmt.Errorf("the child process ended before it was ready: %w", err)
	}
	return p, nil
}

// defaultRuntime leaves out what would change how much memory Go's runtime uses.
func defaultRuntime(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if name != "GOGC" && name != "GOMEMLIMIT" && name != "GODEBUG" {
			kept = append(kept, variable)
		}
	}
	return kept
}

func (p *process) pid() int { return p.command.Process.Pid }

func (p *process) await(refs []lro.Ref) error  { return p.send(childRequest{Await: refs}) }
func (p *process) cancel(refs []lro.Ref) error { return p.send(childRequest{Cancel: refs}) }

func (p *process) send(request childRequest) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests.Encode(request)
}

// report asks the child for what it counted.
func (p *process) report() (childReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var report childReport
	if err := p.requests.Encode(childRequest{Report: true}); err != nil {
		return report, err
	}
	err := p.reports.Decode(&report)
	return report, err
}

// stop ends the child, and kills it if that takes too long.
func (p *process) stop() {
	_ = p.stdin.Close()
	timer := time.AfterFunc(endWithin, func() { _ = p.command.Process.Kill() })
	defer timer.Stop()
	_ = p.command.Wait()
}
