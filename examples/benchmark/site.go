package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/testsuite"
)

// site has the parts of a trial: an API, a Temporal server, processes that await.
type site struct {
	service   *testsuite.Service
	server    *httptest.Server
	temporal  *temporalServer // nil for a pattern without
	client    client.Client
	processes []*process
	awaiter   awaiter
}

// temporalServer is the Temporal server of a trial.
type temporalServer struct {
	address string
	pid     int        // 0: not known, its CPU cannot be measured
	log     *serverLog // nil: not known either
	stop    func()
}

// temporalFor returns a trial's server: the one at address, or one of its own.
func temporalFor(ctx context.Context, address string, out *console.Console) (*temporalServer, error) {
	if address != "" {
		return &temporalServer{address: address, stop: func() {}}, nil
	}
	log := &serverLog{out: out}
	dev, err := devserver.Start(ctx, devserver.Options{Log: log})
	if err != nil {
		return nil, err
	}
	return &temporalServer{address: dev.Address(), pid: dev.Pid(), log: log, stop: func() { _ = dev.Stop() }}, nil
}

// open starts everything that a trial of the pattern needs. name tells apart trials that share a
// Temporal server.
func (b *bench) open(ctx context.Context, pattern patterns.Pattern, name string) (s *site, err error) {
	s = &site{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.service, err = testsuite.NewService(testsuite.Options{
		Service: b.flags.service(), Waits: b.flags.atServer, RequestsPerSecond: b.flags.rate, PageSize: b.flags.pageSize,
	})
	if err != nil {
		return s, err
	}
	s.server = httptest.NewServer(s.service.Handler())
	config := childConfig{
		Pattern: pattern.Name, Schedule: b.flags.schedule, Service: b.flags.service(), Endpoint: s.server.URL, Slots: b.flags.slots,
		Queue: fmt.Sprintf("benchmark-%s-%d", name, time.Now().UnixNano()), Rate: b.flags.rate, Workers: b.flags.workers,
	}
	if pattern.Wait != nil {
		err = s.startPlain(config, b.out)
		return s, err
	}
	err = s.startWorkers(ctx, b, pattern, config)
	return s, err
}

func (s *site) startPlain(config childConfig, out *console.Console) error {
	p, err := startProcess(config, out)
	if err != nil {
		return err
	}
	s.processes = []*process{p}
	s.awaiter = plainAwaiter{p}
	return nil
}

func (s *site) startWorkers(ctx context.Context, b *bench, pattern patterns.Pattern, config childConfig) (err error) {
	if s.temporal, err = b.temporal(ctx, b.flags.temporal, b.out); err != nil {
		return err
	}
	config.Temporal = s.temporal.address
	if s.client, err = temporal.Dial(ctx, config.Temporal, b.out); err != nil {
		return err
	}
	for range config.Workers {
		p, err := startProcess(config, b.out)
		if err != nil {
			return err
		}
		s.processes = append(s.processes, p)
	}
	s.awaiter = &workflowAwaiter{client: s.client, queue: config.Queue, pattern: pattern, schedule: config.Schedule}
	return nil
}

// actions asks all workers.
func (s *site) actions() (actions, error) {
	var sum actions
	var failures error
	for _, p := range s.processes {
		report, err := p.report()
		sum, failures = sum.add(report.Actions), errors.Join(failures, err)
	}
	return sum, failures
}

// close ends the processes, workers before their servers.
func (s *site) close() {
	for _, p := range s.processes {
		p.stop()
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.temporal != nil {
		s.temporal.stop()
	}
	if s.server != nil {
		s.server.CloseClientConnections() // those of processes that were killed
		s.server.Close()
	}
}
