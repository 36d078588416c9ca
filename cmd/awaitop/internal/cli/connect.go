package cli

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"github.com/awaitop/awaitop/control"
)

// dialTimeout bounds a connection to the Temporal server.
const dialTimeout = 10 * time.Second

// defaultAddress is the Temporal server's if nothing names another one. It is that of `awaitop dev`.
const defaultAddress = "127.0.0.1:7233"

// connection says how to reach the Temporal server.
type connection struct {
	address, namespace, profile string
	codecEndpoint               string
	// own is the address of a dev server that the command has started. The environment is not about it.
	own string
}

// options are those of a client. Its data converter uses the codec server, if there is one, until ctx is done.
func (c *connection) options(ctx context.Context) (client.Options, error) {
	if c.own != "" {
		return client.Options{HostPort: c.own, Namespace: client.DefaultNamespace}, nil
	}
	profile, err := envconfig.LoadClientConfigProfile(envconfig.LoadClientConfigProfileOptions{ConfigFileProfile: c.profile})
	if err != nil {
		return client.Options{}, fmt.Errorf("read the configuration of the Temporal client: %w", err)
	}
	options, err := profile.ToClientOptions(envconfig.ToClientOptionsRequest{})
	if err != nil {
		return options, fmt.Errorf("read the configuration of the Temporal client: %w", err)
	}
	options.HostPort = cmp.Or(c.address, options.HostPort, defaultAddress)
	options.Namespace = cmp.Or(c.namespace, options.Namespace, client.DefaultNamespace)
	codec, err := c.codecOf(profile.Codec, options.Namespace)
	if err == nil && codec != nil {
		options.DataConverter = codec.converter(ctx)
	}
	return options, err
}

// connected is a client of the Temporal server, and the options for package control to decode its payloads.
type connected struct {
	client.Client
	look               control.Options
	address, namespace string
}

// dial connects a client that decodes payloads until ctx is done.
func (c *connection) dial(ctx context.Context) (*connected, error) { return c.dialReading(ctx, ctx) }

// dialReading connects within ctx a client that decodes payloads until reading is done.
func (c *connection) dialReading(ctx, reading context.Context) (*connected, error) {
	options, err := c.options(reading)
	if err != nil {
		return nil, err
	}
	options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	made, err := dial(ctx, options)
	if err != nil {
		return nil, err
	}
	return &connected{
		Client: made, look: control.Options{DataConverter: options.DataConverter}, address: options.HostPort, namespace: options.Namespace,
	}, nil
}

func dial(ctx context.Context, options client.Options) (client.Client, error) {
	dialing, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	made, err := client.DialContext(dialing, options)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w at %s: %w", errUnreachable, options.HostPort, err)
	}
	return made, nil
}
