package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/itself"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// The environment of this program as a worker.
const (
	envWorkerQueue   = "AWAITOP_QUICKSTART_QUEUE"
	envWorkerAddress = "AWAITOP_QUICKSTART_TEMPORAL"
	envWorkerCloud   = "AWAITOP_QUICKSTART_CLOUD"
)

// serving is what a worker process prints once it serves.
const serving = "serving"

// cloudConfig is the configuration of the cloud that a worker process needs.
type cloudConfig struct {
	Endpoint string `json:"endpoint"` // without credentials; "" for the real one
	Project  string `json:"project"`
}

func (c cloudConfig) options() rest.Options {
	if c.Endpoint != "" {
		return unauthenticated(c.Endpoint)
	}
	return rest.Options{AllowedPrefixes: []string{c.Project}}
}

// newWorker returns a worker with awaitop's plugin, which is all that a worker of your own needs.
func newWorker(ctx context.Context, c client.Client, queue string, api rest.Options) (sdk.Worker, error) {
	plugin, err := worker.Plugin(ctx, worker.Options{Rest: api})
	if err != nil {
		return nil, err
	}
	return sdk.New(c, queue, sdk.Options{Plugins: []sdk.Plugin{plugin}}), nil
}

// serveAsChild is the worker process: it serves until it is killed or its
// standard input closes with its parent.
func serveAsChild() int {
	if err := serveQueue(os.Getenv(envWorkerQueue)); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		return command.ExitFailed
	}
	return command.ExitOK
}

func serveQueue(queue string) error {
	var config cloudConfig
	if err := json.Unmarshal([]byte(os.Getenv(envWorkerCloud)), &config); err != nil {
		return fmt.Errorf("%s: %w", envWorkerCloud, err)
	}
	ctx := context.Background()
	c, err := temporal.Dial(ctx, os.Getenv(envWorkerAddress), console.New(true))
	if err != nil {
		return err
	}
	w, err := newWorker(ctx, c, queue, config.options())
	if err != nil {
		return err
	}
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	fmt.Println(serving)
	_, _ = os.Stdin.Read(make([]byte, 1))
	return nil
}

// workerProcess is a worker in a process of its own.
type workerProcess struct {
	*itself.Child
}

func startWorkerProcess(queue, address string, config cloudConfig, out *console.Console) (*workerProcess, error) {
	encoded, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	child, err := itself.Start(append(os.Environ(), envWorkerQueue+"="+queue, envWorkerAddress+"="+address, envWorkerCloud+"="+string(encoded)), out)
	if err != nil {
		return nil, err
	}
	p := &workerProcess{child}
	if line, err := bufio.NewReader(child.Out).ReadString('\n'); err != nil || line != serving+"\n" {
		p.kill()
		return nil, fmt.Errorf("the worker process ended before it served: %w", err)
	}
	out.Line("worker:   process %d", child.Process.Pid)
	return p, nil
}

// kill ends the process with SIGKILL: it can hand nothing over.
func (p *workerProcess) kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// killAndReplace kills the worker process after a while and starts another.
func (d *demo) killAndReplace(ctx context.Context, after time.Duration) error {
	select {
	case <-time.After(after):
	case <-ctx.Done():
		return ctx.Err()
	}
	d.out.Line("worker:   process %d killed with SIGKILL", d.process.Process.Pid)
	d.process.kill()
	d.process = nil
	return d.startProcess()
}

func (d *demo) startProcess() (err error) {
	config := cloudConfig{Project: d.cloud.project}
	if d.cloud.rest.WithoutAuthentication {
		config.Endpoint = d.cloud.endpoint
	}
	d.process, err = startWorkerProcess(d.queue(), d.temporal.Address, config, d.out)
	return err
}
