package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/awaitop/awaitop/examples/benchmark/internal/itself"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/lro"
)

// endWithin is how long a child may take to end by itself.
const endWithin = 15 * time.Second

// process is a child as its parent sees it.
type process struct {
	*itself.Child

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
	child, err := itself.Start(append(defaultRuntime(os.Environ()), envChild+"="+string(encoded)), out)
	if err != nil {
		return nil, err
	}
	p := &process{Child: child, requests: json.NewEncoder(child.In), reports: json.NewDecoder(child.Out)}
	var ready childReport
	if err := p.reports.Decode(&ready); err != nil {
		p.stop()
		return nil, fmt.Errorf("the child process ended before it was ready: %w", err)
	}
	return p, nil
}

// defaultRuntime removes variables that would change how much memory Go's runtime uses.
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

func (p *process) pid() int { return p.Process.Pid }

func (p *process) await(refs []lro.Ref) error  { return p.send(childRequest{Await: refs}) }
func (p *process) cancel(refs []lro.Ref) error { return p.send(childRequest{Cancel: refs}) }

func (p *process) send(request childRequest) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests.Encode(request)
}

// report asks the child for its counts.
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
	_ = p.In.Close()
	timer := time.AfterFunc(endWithin, func() { _ = p.Process.Kill() })
	defer timer.Stop()
	_ = p.Wait()
}
