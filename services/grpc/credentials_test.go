package grpc_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/auth"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
)

// issuer issues tokens, or fails.
type issuer struct {
	err    error
	issued int
}

func (i *issuer) Token(context.Context) (*auth.Token, error) {
	i.issued++
	return &auth.Token{Value: "secret", Type: "Bearer", Expiry: time.Now().Add(time.Hour)}, i.err
}

// property is a fixed one of credentials.
func property(value string) auth.CredentialsPropertyFunc {
	return func(context.Context) (string, error) { return value, nil }
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	refused := func(code int, body string) error {
		return &auth.Error{Response: &http.Response{StatusCode: code}, Body: []byte(body)}
	}
	rows := map[string]struct {
		reason       string
		issuer       issuer
		universe     string // of the credentials
		quotaProject string // of the options
		headers      map[string][]string
		code         lro.Code // of a failure
	}{
		"token":         {reason: "and the credentials' quota project", headers: map[string][]string{"authorization": {"Bearer secret"}, "x-goog-user-project": {"theirs"}}},
		"quota project": {reason: "the options' goes before it", quotaProject: "payer", headers: map[string][]string{"authorization": {"Bearer secret"}, "x-goog-user-project": {"payer"}}},
		"refused":       {reason: "an operator has to mend it", issuer: issuer{err: refused(400, `{"error":"invalid_grant"}`)}, code: lro.CodeUnauthenticated},
		"issuer down":   {reason: "it must not end a wait", issuer: issuer{err: refused(503, "")}, code: lro.CodeUnavailable},
		"no network":    {reason: "nor must that", issuer: issuer{err: errors.New("dial tcp: no route")}, code: lro.CodeUnavailable},
		"another cloud": {reason: "no token leaves its cloud", universe: "cloud.example", code: lro.CodeUnauthenticated},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &recorder{}
			client, err := operations.New(t.Context(), operations.Options{
				Service: lro.SpannerService, Endpoint: server.serve(t), QuotaProject: row.quotaProject, UniverseDomain: "googleapis.com",
				Credentials: auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: &row.issuer, QuotaProjectIDProvider: property("theirs"), UniverseDomainProvider: property(row.universe)}),
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			for range 2 {
				_, err = client.GetOperation(t.Context(), spannerRef)
			}
			if row.code == lro.CodeOK {
				if err != nil || row.issuer.issued != 1 || client.QuotaProject(lro.SpannerService) != row.quotaProject || !client.Authenticates(lro.SpannerService) {
					t.Errorf("%s: %v, %d tokens", row.reason, err, row.issuer.issued)
				}
				for header, want := range row.headers {
					if got := server.headers.Get(header); !slices.Equal(got, want) {
						t.Errorf("%s: %s is %q, want %q", row.reason, header, got, want)
					}
				}
				return
			}
			var failed *lro.Error
			if !errors.As(err, &failed) || failed.Status.Code != row.code || !failed.NoStatus || !failed.Unsent || server.calls != 0 {
				t.Errorf("%s: %+v after %d calls", row.reason, err, server.calls)
			}
		})
	}
}

// It is not parallel, because of the environment.
func TestNoCredentials(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", t.TempDir()+"/none.json")
	_, err := operations.New(t.Context(), operations.Options{Service: lro.SpannerService})
	if failed := (*operations.CredentialsError)(nil); !errors.As(err, &failed) || !strings.Contains(err.Error(), "GOOGLE_APPLICATION_CREDENTIALS") {
		t.Error(err)
	}
}
