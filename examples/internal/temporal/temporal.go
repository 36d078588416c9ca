package temporal

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/examples/internal/console"
)

// Server is the server an example runs on, and a client of it.
type Server struct {
	Client  client.Client
	Address string
	UI      string // the Web UI's URL; "not known" for a server that was there before
	dev     *devserver.Server
}

// Start connects to the server at address, or starts one if that is "".
func Start(ctx context.Context, address string, out *console.Console) (*Server, error) {
	s := &Server{Address: address, UI: "not known"}
	if s.Address == "" {
		// After an interrupt the example still cancels and undoes on this server.
		log := &tail{}
		dev, err := devserver.Start(ctx, devserver.Options{UI: true, Log: out, ServerLog: log, IgnoreInterrupts: true})
		if err != nil {
			_, _ = out.Write(log.bytes())
			return nil, err
		}
		endAtSecondInterrupt(dev)
		s.dev, s.Address, s.UI = dev, dev.Address(), dev.UIURL()
	}
	c, err := Dial(ctx, s.Address, out)
	if err != nil {
		s.Close()
		return nil, err
	}
	s.Client = c
	out.Line("Temporal: %s, Web UI: %s", s.Address, s.UI)
	return s, nil
}

// endAtSecondInterrupt ends the server and the process at the second interrupt from now, as package command promises. Not
// every system ends the server with the process.
func endAtSecondInterrupt(dev *devserver.Server) {
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		<-interrupts
		<-interrupts
		_ = dev.Kill()
		os.Exit(interrupted)
	}()
}

// interrupted is the exit status of a process that an interrupt ends, as shells have it.
const interrupted = 130

// Dial connects with TEMPORAL_NAMESPACE, TEMPORAL_TLS_* and the rest of the
// environment and configuration file. configure may change the options.
func Dial(ctx context.Context, address string, out *console.Console, configure ...func(*client.Options)) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("read Temporal's configuration: %w", err)
	}
	options.HostPort = address
	options.Logger = console.Quiet(out)
	for _, change := range configure {
		change(&options)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("no Temporal server at %s: %w", address, err)
	}
	return c, nil
}

// Close closes the client, and stops the server if it was started here.
func (s *Server) Close() {
	if s.Client != nil {
		s.Client.Close()
	}
	if s.dev != nil {
		_ = s.dev.Stop()
	}
}
