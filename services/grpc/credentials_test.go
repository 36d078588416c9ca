package grpc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

// The application default credentials have the scopes of the options, else those that the service takes. It
// is not parallel, because of the environment.
func TestScopes(t *testing.T) {
	scopes := make(chan string, 1)
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scopes <- scopeOf(r.PostFormValue("assertion"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token": "token", "token_type": "Bearer", "expires_in": 3600}`))
	}))
	t.Cleanup(issuer.Close)
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", accountFile(t, issuer.URL))
	rows := map[string]struct {
		reason, service string
		scopes          []string
		want            string
	}{
		"default":         {"nearly every service takes it", lro.SpannerService, nil, "https://www.googleapis.com/auth/cloud-platform"},
		"not of Cloud":    {"the service does not take cloud-platform", "vault.googleapis.com", nil, "https://www.googleapis.com/auth/ediscovery https://www.googleapis.com/auth/ediscovery.readonly"},
		"by the options":  {"fewer suffice", lro.SpannerService, []string{"https://www.googleapis.com/auth/spanner.admin"}, "https://www.googleapis.com/auth/spanner.admin"},
		"of no catalog":   {"a service of one's own", "library.example.com", []string{"https://library.example.com/auth"}, "https://library.example.com/auth"},
		"several by hand": {"each is asked for", lro.SpannerService, []string{"a", "b"}, "a b"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			server := &recorder{}
			client, err := operations.New(t.Context(), operations.Options{Service: row.service, Endpoint: server.serve(t), Scopes: row.scopes})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			ref := lro.Ref{Service: row.service, Name: "operations/o"}
			if row.service == lro.SpannerService {
				ref = spannerRef
			}
			if _, err := client.GetOperation(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
			if got := <-scopes; got != row.want {
				t.Errorf("%s: scopes %q, want %q", row.reason, got, row.want)
			}
		})
	}
}

// scopeOf is the claim of an assertion, "" for what is none.
func scopeOf(assertion string) string {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct{ Scope string }
	_ = json.Unmarshal(raw, &claims) // what is no claim has no scope
	return claims.Scope
}

// accountFile is a file with the key of a service account.
func accountFile(t *testing.T, tokenURL string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "worker@p.iam.gserviceaccount.com", "private_key_id": "1", "token_uri": tokenURL,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})), "project_id": "p", "universe_domain": "googleapis.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, account, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
