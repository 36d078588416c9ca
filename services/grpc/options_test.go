package grpc_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
)

// given is a client with a connection, nil for one over HTTP.
type given struct{ connection *grpc.ClientConn }

func (g given) Connection() *grpc.ClientConn { return g.connection }

// dial connects to an address of no server.
func dial(t *testing.T, endpoint string) *grpc.ClientConn {
	t.Helper()
	connection, err := grpc.NewClient(endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

func TestOptions(t *testing.T) {
	t.Parallel()
	there := given{dial(t, "passthrough:///127.0.0.1:1")}
	credentials := auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: &issuer{}})
	rows := map[string]struct {
		reason  string
		options operations.Options
		field   string // "" for none
	}{
		"least":               {"the service alone", operations.Options{Service: lro.SpannerService}, ""},
		"no service":          {"it is required", operations.Options{}, "service"},
		"a URL":               {"a service is a name", operations.Options{Service: "https://spanner.googleapis.com"}, "service"},
		"another form":        {"its operations are not google.longrunning's", operations.Options{Service: "compute.googleapis.com"}, "service"},
		"Cloud SQL":           {"nor are those", operations.Options{Service: "sqladmin.googleapis.com"}, "service"},
		"of no catalog":       {"a service of one's own", operations.Options{Service: "library.example.com"}, ""},
		"located":             {"a region's host alone serves it", operations.Options{Service: "aiplatform.googleapis.com"}, "endpoint"},
		"at a region":         {"and there it is", operations.Options{Service: "aiplatform.googleapis.com", Endpoint: "us-central1-aiplatform.googleapis.com"}, ""},
		"reply size":          {"not negative", operations.Options{Service: lro.SpannerService, MaxReplySize: -1}, "maxReplySize"},
		"timeout":             {"not negative", operations.Options{Service: lro.SpannerService, RequestTimeout: -time.Second}, "requestTimeout"},
		"quota project":       {"it is a header", operations.Options{Service: lro.SpannerService, QuotaProject: "a\nb"}, "quotaProject"},
		"agent":               {"so is that", operations.Options{Service: lro.SpannerService, UserAgent: "a\nb"}, "userAgent"},
		"universe":            {"it becomes part of a host", operations.Options{Service: lro.SpannerService, UniverseDomain: "a/b"}, "universeDomain"},
		"prefix":              {"the beginning of a name", operations.Options{Service: lro.SpannerService, AllowedPrefixes: []string{"projects/p", "a//b"}}, "allowedPrefixes[1]"},
		"both":                {"one would be ignored", operations.Options{Service: lro.SpannerService, WithoutAuthentication: true, Credentials: credentials}, "credentials"},
		"scopes":              {"of the environment's credentials", operations.Options{Service: lro.SpannerService, Scopes: []string{"https://www.googleapis.com/auth/spanner.admin"}}, ""},
		"scopes of a given":   {"it has its own", operations.Options{Service: lro.SpannerService, Credentials: credentials, Scopes: []string{"a"}}, "scopes"},
		"scopes of no token":  {"there is none", operations.Options{Service: lro.SpannerService, WithoutAuthentication: true, Scopes: []string{"a"}}, "scopes"},
		"two scopes in one":   {"each is one", operations.Options{Service: lro.SpannerService, Scopes: []string{"a b"}}, "scopes"},
		"plain":               {"the network would see the token", operations.Options{Service: lro.SpannerService, Endpoint: "http://emulator:9010"}, "endpoint"},
		"plain and loopback":  {"no network sees it", operations.Options{Service: lro.SpannerService, Endpoint: "http://localhost:9010"}, ""},
		"plain, no token":     {"there is none", operations.Options{Service: lro.SpannerService, Endpoint: "http://emulator:9010", WithoutAuthentication: true}, ""},
		"host and port":       {"over TLS", operations.Options{Service: lro.SpannerService, Endpoint: "spanner.example.com:8443"}, ""},
		"address":             {"over TLS", operations.Options{Service: lro.SpannerService, Endpoint: "[::1]:8443"}, ""},
		"a path":              {"gRPC has none", operations.Options{Service: lro.SpannerService, Endpoint: "https://spanner.example.com/v1"}, "endpoint"},
		"another scheme":      {"it is not dialed", operations.Options{Service: lro.SpannerService, Endpoint: "unix:///socket"}, "endpoint"},
		"a password":          {"it is not for a URL", operations.Options{Service: lro.SpannerService, Endpoint: "https://user:password@spanner.example.com"}, "endpoint"},
		"no endpoint":         {"no host", operations.Options{Service: lro.SpannerService, Endpoint: "https://"}, "endpoint"},
		"connection":          {"it is all that is needed", operations.Options{Service: lro.SpannerService, Operations: there}, ""},
		"over HTTP":           {"a REST client has no connection", operations.Options{Service: lro.SpannerService, Operations: given{}}, "operations"},
		"connection, dialed":  {"it has an endpoint", operations.Options{Service: lro.SpannerService, Operations: there, Endpoint: "x.example.com"}, "endpoint"},
		"connection, token":   {"it has credentials", operations.Options{Service: lro.SpannerService, Operations: there, Credentials: credentials}, "credentials"},
		"connection, none":    {"or has none", operations.Options{Service: lro.SpannerService, Operations: there, WithoutAuthentication: true}, "withoutAuthentication"},
		"connection, scopes":  {"of its own token", operations.Options{Service: lro.SpannerService, Operations: there, Scopes: []string{"a"}}, "scopes"},
		"connection, cloud":   {"it is in one", operations.Options{Service: lro.SpannerService, Operations: there, UniverseDomain: "x.example"}, "universeDomain"},
		"connection, logger":  {"tokens are not its business", operations.Options{Service: lro.SpannerService, Operations: there, Logger: slog.Default()}, "logger"},
		"connection, agent":   {"it has one", operations.Options{Service: lro.SpannerService, Operations: there, UserAgent: "x"}, "userAgent"},
		"connection, options": {"it is dialed", operations.Options{Service: lro.SpannerService, Operations: there, DialOptions: []grpc.DialOption{grpc.WithUserAgent("x")}}, "dialOptions"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := row.options.Validate()
			var invalid *lro.InvalidError
			if row.field == "" && err != nil || row.field != "" && (!errors.As(err, &invalid) || invalid.Field != row.field) {
				t.Errorf("%s: %v, want one for %q", row.reason, err, row.field)
			}
			if row.field == "" {
				return
			}
			if _, made := operations.New(t.Context(), row.options); made == nil || made.Error() != err.Error() {
				t.Errorf("%s: New says %v", row.reason, made)
			}
		})
	}
}

func TestNewEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := operations.New(ctx, operations.Options{Service: lro.SpannerService, WithoutAuthentication: true}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
