package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// dialTimeout bounds how long the Temporal server may take to answer.
const dialTimeout = 10 * time.Second

// connection says how the Temporal server is reached.
type connection struct {
	address, namespace, profile string
	codecEndpoint, codecAuth    string
}

func (c *connection) add(flags *pflag.FlagSet) {
	flags.StringVar(&c.address, "address", "", "`host:port` of the Temporal server (default TEMPORAL_ADDRESS, the profile's, or 127.0.0.1:7233)")
	flags.StringVarP(&c.namespace, "namespace", "n", "", "Temporal `namespace` (default TEMPORAL_NAMESPACE, the profile's, or default)")
	flags.StringVar(&c.profile, "profile", "", "`name` of a profile of temporal.toml (default TEMPORAL_PROFILE, or default)")
	flags.StringVar(&c.codecEndpoint, "codec-endpoint", "", "`URL` of a codec server, where payloads are encrypted (default TEMPORAL_CODEC_ENDPOINT or the profile's)")
	flags.StringVar(&c.codecAuth, "codec-auth", "", "`value` of the Authorization header for the codec server (default TEMPORAL_CODEC_AUTH or the profile's)")
}

// options are the client's, with a codec server if payloads need one.
func (c *connection) options(remoteCodec bool) (client.Options, error) {
	options, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{ConfigFileProfile: c.profile, IncludeRemoteCodec: remoteCodec})
	if err != nil {
		return options, fmt.Errorf("read Temporal's configuration: %w", err)
	}
	if c.address != "" {
		options.HostPort = c.address
	}
	if options.HostPort == "" {
		options.HostPort = client.DefaultHostPort
	}
	if c.namespace != "" {
		options.Namespace = c.namespace
	}
	if c.codecEndpoint != "" && remoteCodec {
		options.DataConverter = converter.NewRemoteDataConverter(converter.GetDefaultDataConverter(), converter.RemoteDataConverterOptions{
			Endpoint: strings.ReplaceAll(c.codecEndpoint, "{namespace}", options.Namespace),
			ModifyRequest: func(r *http.Request) error {
				r.Header.Set("X-Namespace", options.Namespace)
				if c.codecAuth != "" {
					r.Header.Set("Authorization", c.codecAuth)
				}
				return nil
			},
		})
	}
	return options, nil
}

// connected is a client, and how what it is told is decoded.
type connected struct {
	client.Client
	look control.Options
}

// dial connects, as a client that reads payloads.
func (c *connection) dial(ctx context.Context) (*connected, error) {
	options, err := c.options(true)
	if err != nil {
		return nil, err
	}
	options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	made, err := dial(ctx, options)
	if err != nil {
		return nil, err
	}
	return &connected{Client: made, look: control.Options{DataConverter: options.DataConverter}}, nil
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

// workflowID is what an argument names: an operation's wait, or a workflow.
func workflowID(argument string) (string, error) {
	if !strings.HasPrefix(argument, "//") {
		if argument == "" {
			return "", usagef(`""; want a REF or a workflow id`)
		}
		return argument, nil
	}
	ref, err := lro.ParseRef(argument)
	if err != nil {
		return "", err
	}
	return workflows.WorkflowID(ref), nil
}
