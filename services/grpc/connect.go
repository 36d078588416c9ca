package grpc

import (
	"context"
	"crypto/tls"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// A connection that is silent for this long during a request is asked whether it still is one. Servers
// may refuse to be asked more often than every 5 minutes while no request is under way, so that is not done.
const (
	silence    = 2 * time.Minute
	pingAnswer = 20 * time.Second
)

// New returns a Client of one service. Without Options.Operations it looks for credentials, and fails
// with a [*CredentialsError] if there are none. It connects with the first request. Options that cannot
// be right are an [*lro.InvalidError] that names the field. If ctx has ended, New returns its error. The
// Client does not keep ctx.
func New(ctx context.Context, options Options) (*Client, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := options.Validate(); err != nil {
		return nil, err
	}
	prefixes, err := options.prefixes()
	if err != nil {
		return nil, err
	}
	c := &Client{options: options.withDefaults(), prefixes: prefixes, measures: requests.NewInstruments(), close: func() error { return nil }}
	if options.Types != nil {
		c.types = []lro.Types{options.Types}
	}
	if options.Operations != nil {
		c.connection = func() grpc.ClientConnInterface { return options.Operations.Connection() }
		return c, nil
	}
	own, err := c.options.dial()
	if err != nil {
		return nil, err
	}
	c.connection, c.close = func() grpc.ClientConnInterface { return own }, own.Close
	return c, nil
}

// FromOperationsClient returns a Client of a service over the connection of a generated client, or of
// its field LROClient. It is New with Options.Operations, whose other fields it leaves zero. The
// connection has to be to that service. It stays the generated client's: Close does not close it.
func FromOperationsClient(service string, operations Connected) (*Client, error) {
	if operations == nil {
		return nil, &lro.InvalidError{Field: "operations", Value: "nil", Want: "the LROClient of a generated client"}
	}
	return New(context.Background(), Options{Service: service, Operations: operations})
}

// dial makes the Client's own connection.
func (o Options) dial() (*grpc.ClientConn, error) {
	to, err := o.endpoint()
	if err != nil {
		return nil, err
	}
	transport := credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	if to.plain {
		transport = insecure.NewCredentials()
	}
	all := []grpc.DialOption{
		grpc.WithTransportCredentials(transport), grpc.WithUserAgent(o.UserAgent), grpc.WithDisableServiceConfig(),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: silence, Timeout: pingAnswer}),
	}
	if !o.WithoutAuthentication {
		token, err := o.tokens(to.plain)
		if err != nil {
			return nil, err
		}
		all = append(all, grpc.WithPerRPCCredentials(token))
	}
	return grpc.NewClient("dns:///"+to.address, append(all, o.DialOptions...)...)
}
