package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/awaitop/awaitop/examples/internal/group"
	"github.com/awaitop/awaitop/internal/freeport"
	"github.com/awaitop/awaitop/internal/readiness"
)

// attempts is how many times Start tries, with other ports each time: between
// being found free and being listened on, a port can be taken.
const attempts = 3

// ErrNotFound says that this machine has no emulator: no gcloud on PATH, or one
// without the component cloud-spanner-emulator, which exists for Linux only.
var ErrNotFound = errors.New("no Cloud Spanner emulator: gcloud with the component cloud-spanner-emulator is not installed")

// Emulator is a running emulator. Its methods are safe for concurrent use.
type Emulator struct {
	grpc, rest int
	group      *group.Group
}

// Start starts an emulator without any instance on free ports of 127.0.0.1, and returns once its
// REST port answers. Its output goes to log, nil discards it. The error is ErrNotFound if there is
// no emulator. Other errors say that it ended before it answered, did not answer within a minute,
// or that ctx ended first. No process is left then. ctx bounds the start, not the emulator's life.
func Start(ctx context.Context, log io.Writer) (*Emulator, error) {
	gcloud, err := find(ctx)
	if err != nil {
		return nil, err
	}
	var failures error
	for range attempts {
		emulator, err := attempt(ctx, gcloud, log)
		if err == nil {
			return emulator, nil
		}
		failures = errors.Join(failures, err)
		if !errors.Is(err, readiness.ErrEnded) {
			break
		}
	}
	return nil, failures
}

func attempt(ctx context.Context, gcloud string, log io.Writer) (*Emulator, error) {
	ports, err := freeport.Take(2)
	if err != nil {
		return nil, err
	}
	e := &Emulator{grpc: ports[0], rest: ports[1]}
	command := exec.Command(gcloud, "emulators", "spanner", "start", "--quiet",
		"--host-port="+e.Address(), fmt.Sprintf("--rest-port=%d", e.rest))
	command.Stdout, command.Stderr = log, log
	if e.group, err = group.Start(command); err != nil {
		return nil, err
	}
	if err := readiness.Await(ctx, e.group.Ended(), e.answers); err != nil {
		return nil, errors.Join(fmt.Errorf("start the Cloud Spanner emulator at %s: %w", e.Endpoint(), err), e.Stop())
	}
	return e, nil
}

// Endpoint is the base URL of the REST API, without a trailing slash.
func (e *Emulator) Endpoint() string { return fmt.Sprintf("http://127.0.0.1:%d", e.rest) }

// Address is the host:port of the gRPC API, as in SPANNER_EMULATOR_HOST.
func (e *Emulator) Address() string { return fmt.Sprintf("127.0.0.1:%d", e.grpc) }

// Stop ends gcloud and both of the emulator's processes, gateway_main and emulator_main. The state
// is lost, because it is in memory alone. A second Stop does nothing.
func (e *Emulator) Stop() error { return e.group.Kill() }

// answers lists the instances of a project. The gateway asks the gRPC server for them, so both have
// to be up.
func (e *Emulator) answers(ctx context.Context) error {
	return readiness.Page(ctx, e.Endpoint()+"/v1/projects/ready/instances")
}
