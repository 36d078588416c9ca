package grpc

import (
	"context"
	"fmt"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// CredentialsError is the error of [New] if no credentials are found, or if the found ones cannot be
// used.
type CredentialsError struct {
	// Err is why.
	Err error
}

// Error also says what to do.
func (e *CredentialsError) Error() string {
	return fmt.Sprintf("no usable credentials: %v; set the environment variable GOOGLE_APPLICATION_CREDENTIALS to a credentials file, "+
		"run \"gcloud auth application-default login\", or set Options.Credentials; an emulator needs Options.WithoutAuthentication", e.Err)
}

// Unwrap returns Err.
func (e *CredentialsError) Unwrap() error { return e.Err }

// tokens puts an access token into each request. It is the PerRPCCredentials of a connection.
type tokens struct {
	credentials  *auth.Credentials
	cached       auth.TokenProvider
	universe     string
	quotaProject bool // of the options: that of the credentials is not sent
	plain        bool
}

func (o Options) tokens(plain bool) (*tokens, error) {
	given := o.Credentials
	if given == nil {
		found, err := credentials.DetectDefault(&credentials.DetectOptions{Scopes: o.scopes(), Logger: o.Logger})
		if err != nil {
			return nil, &CredentialsError{err}
		}
		given = found
	}
	return &tokens{
		credentials: given, cached: auth.NewCachedTokenProvider(given, nil), universe: requests.Universe(o.UniverseDomain),
		quotaProject: o.QuotaProject != "", plain: plain,
	}, nil
}

// RequireTransportSecurity is false only for a loopback address.
func (t *tokens) RequireTransportSecurity() bool { return !t.plain }

// GetRequestMetadata returns the headers of a request. Its error is a [tokenError], so that gRPC does
// not take an issuer that is down for a refusal.
func (t *tokens) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := t.cached.Token(ctx)
	if err != nil {
		return nil, &tokenError{requests.TokenStatus(err)}
	}
	if err := t.checkUniverse(ctx, token); err != nil {
		return nil, err
	}
	kind := token.Type
	if kind == "" {
		kind = "Bearer"
	}
	headers := map[string]string{"authorization": kind + " " + token.Value}
	if project, err := t.credentials.QuotaProjectID(ctx); err == nil && project != "" && !t.quotaProject {
		headers[quotaProjectHeader] = project
	}
	return headers, nil
}

// checkUniverse keeps a token out of another cloud than its own. The metadata server's tokens are its
// machine's cloud's.
func (t *tokens) checkUniverse(ctx context.Context, token *auth.Token) error {
	if token.MetadataString("auth.google.tokenSource") == "compute-metadata" {
		return nil
	}
	universe, err := t.credentials.UniverseDomain(ctx)
	switch {
	case err != nil:
		return &tokenError{requests.TokenStatus(err)}
	case universe != t.universe:
		return &tokenError{lro.Status{Code: lro.CodeUnauthenticated, Message: fmt.Sprintf("no access token: the credentials belong to the universe %q, the service to %q", universe, t.universe)}}
	default:
		return nil
	}
}

// tokenError says why there is no access token. gRPC passes it on as it is, because it has a status.
type tokenError struct{ status lro.Status }

func (e *tokenError) Error() string { return e.status.String() }

// GRPCStatus is what gRPC looks for.
func (e *tokenError) GRPCStatus() *status.Status {
	return status.New(codes.Code(e.status.Code), e.status.Message) //nolint:gosec // a code is 0 to 16
}
