package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"github.com/awaitop/awaitop/examples/internal/devserver"
)

// temporalServer is the server the waits run on, and a client of it.
type temporalServer struct {
	client  client.Client
	address string
	ui      string // "not known" for a server that was there before
	dev     *devserver.Server
}

// startTemporal connects to the server that is named, or starts one.
func startTemporal(ctx context.Context, f flags, out *console) (*temporalServer, error) {
	s := &temporalServer{address: f.temporal, ui: "not known"}
	if s.address == "" {
		dev, err := devserver.Start(ctx, devserver.Options{UI: true, Log: out})
		if err != nil {
			return nil, err
		}
		s.dev, s.address, s.ui = dev, dev.Address(), dev.UIURL()
	}
	c, err := dial(ctx, s.address, out)
	if err != nil {
		s.close()
		return nil, err
	}
	s.client = c
	out.line("Temporal: %s, Web UI: %s", s.address, s.ui)
	return s, nil
}

// dial connects with TEMPORAL_NAMESPACE, TEMPORAL_TLS_* and the rest of the
// environment and configuration file.
func dial(ctx context.Context, address string, out *console) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("read Temporal's configuration: %w", err)
	}
	options.HostPort = address
	options.Logger = quiet(out)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("no Temporal server at %s: %w", address, err)
	}
	return c, nil
}

func (s *temporalServer) close() {
	if s.client != nil {
		s.client.Close()
	}
	if s.dev != nil {
		_ = s.dev.Stop()
	}
}
