package rest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/auth/httptransport"

	"github.com/awaitop/awaitop/services/internal/requests"
)

// maxHeader is the most bytes of a reply's header. Google's take 1 KiB. A header costs
// twenty times its bytes in memory, and Go's own limit is 10 MiB.
const maxHeader = 64 << 10

// New returns a Client. It looks for credentials, and fails with a [*CredentialsError] if there are
// none. It sends no request to a service. Options that cannot be right are an [*lro.InvalidError]
// that names the field. If ctx has ended, New returns its error. The Client does not keep ctx.
func New(ctx context.Context, options Options) (*Client, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	options = options.withDefaults()
	registry, err := options.registry()
	if err != nil {
		return nil, err
	}
	c := &Client{options: options, registry: registry, room: newRoom(options.MaxBytesInFlight), measures: requests.NewInstruments()}
	base := options.Transport
	if base == nil {
		c.owned = newBaseTransport()
		base = c.owned
	}
	if c.http, err = c.httpClients(guard{base, options.MaxBodySize, c.room}); err != nil {
		return nil, err
	}
	return c, nil
}

// setupError says how to give credentials, if they may be missing.
func (a access) setupError(err error) error {
	if a.plain {
		return fmt.Errorf("set up the HTTP transport: %w", err)
	}
	return &CredentialsError{err}
}

// CredentialsError is the error of [New] if no credentials are found, or if the found ones cannot
// be used.
type CredentialsError struct {
	// Err is why.
	Err error
}

// Error also says what to do.
func (e *CredentialsError) Error() string {
	return fmt.Sprintf("no usable credentials: %v; set the environment variable GOOGLE_APPLICATION_CREDENTIALS to a credentials file, "+
		"run \"gcloud auth application-default login\", or set Options.Credentials, as from credentials.NewCredentialsFromFile of cloud.google.com/go/auth; "+
		"an emulator needs Options.WithoutAuthentication, or Service.WithoutAuthentication beside other services", e.Err)
}

// Unwrap returns Err.
func (e *CredentialsError) Unwrap() error { return e.Err }

// transport describes the transport above base: it adds headers, telemetry and the access' tokens.
func (o Options) transport(base http.RoundTripper, a access) *httptransport.Options {
	headers := http.Header{"User-Agent": {o.UserAgent}}
	if a.quotaProject != "" {
		headers.Set("X-Goog-User-Project", a.quotaProject)
	}
	out := &httptransport.Options{
		BaseRoundTripper:      base,
		Headers:               headers,
		DisableAuthentication: a.plain,
		APIKey:                a.apiKey,
		DetectOpts:            &credentials.DetectOptions{Scopes: strings.Fields(a.scopes), Logger: o.Logger},
		UniverseDomain:        o.UniverseDomain,
		Logger:                o.Logger,
	}
	if a.credentials != nil {
		own := *a.credentials // the transport puts a cache in it
		out.Credentials = &own
	}
	return out
}

// newBaseTransport has the two settings of google.golang.org/api's own transport: room for many
// polls of one host, and a ping that finds dead HTTP/2 connections.
func newBaseTransport() *http.Transport {
	base := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		base = standard.Clone()
	}
	base.MaxIdleConnsPerHost = 100
	base.MaxResponseHeaderBytes = maxHeader
	base.HTTP2 = &http.HTTP2Config{SendPingTimeout: 31 * time.Second}
	return base
}

// refuseRedirect returns the redirect itself. To follow it would take the credentials to an address
// that is not in the configuration.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// sentKey is the key of the mark that a request has passed authentication. The mark tells a failed
// token fetch from a failed request.
type sentKey struct{}

func withSendMark(ctx context.Context) (context.Context, *atomic.Bool) {
	sent := new(atomic.Bool)
	return context.WithValue(ctx, sentKey{}, sent), sent
}
