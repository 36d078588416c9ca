package rest_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/auth/oauth2adapt"
	"cloud.google.com/go/compute/metadata"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// TestMissingCredentials is not parallel: it sets the environment.
func TestMissingCredentials(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "none.json"))
	client, err := rest.New(t.Context(), rest.Options{})
	if err == nil || client != nil {
		t.Fatalf("got %v, %v, want an error alone", client, err)
	}
	for _, want := range []string{"GOOGLE_APPLICATION_CREDENTIALS", "credentials.NewCredentialsFromFile", "Options.Credentials", "Options.WithoutAuthentication", "none.json"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the message %q does not name %s", err, want)
		}
	}
}

// TestCredentialsAreLeftAlone shows that clients can share credentials.
func TestCredentialsAreLeftAlone(t *testing.T) {
	t.Parallel()
	given := fromSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "static"}))
	before := given.TokenProvider
	serve(t, answer(200, `{"done":true}`)).client(t, authenticated(given))
	if given.TokenProvider != before {
		t.Errorf("New has put %T in the credentials", given.TokenProvider)
	}
}

func TestNewAfterTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if client, err := rest.New(ctx, rest.Options{WithoutAuthentication: true}); client != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v, want the context's error", client, err)
	}
}

var privateKey = sync.OnceValues(func() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), err
})

// serviceAccount returns the credentials of a service account whose tokens are
// issued at tokenURL.
func serviceAccount(t *testing.T, tokenURL string) *auth.Credentials {
	t.Helper()
	key, err := privateKey()
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "worker@p.iam.gserviceaccount.com", "private_key_id": "1",
		"private_key": string(key), "token_uri": tokenURL, "project_id": "p", "universe_domain": "googleapis.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := credentials.NewCredentialsFromJSON(credentials.ServiceAccount, file, &credentials.DetectOptions{Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// authenticated is a change of options: credentials, with plain http to loopback.
func authenticated(with *auth.Credentials) func(*rest.Options) {
	return func(o *rest.Options) { o.WithoutAuthentication, o.Credentials = false, with }
}

// fromSource are the credentials of a token source of the older library.
func fromSource(source oauth2.TokenSource) *auth.Credentials {
	return auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: oauth2adapt.TokenProviderFromTokenSource(source)})
}

const token = `{"access_token":"the-token","token_type":"Bearer","expires_in":3600}`

func TestHeaders(t *testing.T) {
	t.Parallel()
	issuer := serve(t, answer(200, token))
	static := fromSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "static", Expiry: time.Now().Add(time.Hour)}))
	rows := []struct {
		reason string
		change func(*rest.Options)
		want   map[string]string
	}{
		{"nothing set", func(*rest.Options) {}, map[string]string{"User-Agent": "awaitop"}},
		{"a user agent", func(o *rest.Options) { o.UserAgent = "provisioner/3" }, map[string]string{"User-Agent": "provisioner/3"}},
		{"a quota project", func(o *rest.Options) { o.QuotaProject = "payer" }, map[string]string{"User-Agent": "awaitop", "X-Goog-User-Project": "payer"}},
		{"a service account", authenticated(serviceAccount(t, issuer.url)), map[string]string{"User-Agent": "awaitop", "Authorization": "Bearer the-token"}},
		{"an API key", func(o *rest.Options) { o.WithoutAuthentication, o.APIKey = false, "the key" }, map[string]string{"User-Agent": "awaitop", "key": "the key"}},
		{"a token source", authenticated(static), map[string]string{"User-Agent": "awaitop", "Authorization": "Bearer static"}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{"done":true}`))
			if _, err := s.client(t, row.change).GetOperation(t.Context(), operationRef); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, name := range []string{"User-Agent", "X-Goog-User-Project", "Authorization"} {
				if value := s.received()[0].Header.Get(name); value != "" {
					got[name] = value
				}
			}
			if key := s.received()[0].URL.Query().Get("key"); key != "" {
				got["key"] = key
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTokenFailures(t *testing.T) {
	t.Parallel()
	retrieve := func(status int, body string) *auth.Credentials {
		return fromSource(failingSource{&oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, Body: []byte(body)}})
	}
	const leak = `{"error":"invalid_grant","error_description":"the secret key"}`
	rows := []struct {
		reason      string
		credentials func(*testing.T) *auth.Credentials
		change      func(*rest.Options)
		want        lro.Code
		class       lro.Class
		says        string
	}{
		{reason: "refused", credentials: issuedBy(answer(400, leak)), want: lro.CodeUnauthenticated, class: lro.ClassBlocked, says: "HTTP 400 (invalid_grant); check GOOGLE_APPLICATION_CREDENTIALS"},
		{reason: "refused with 401", credentials: issuedBy(answer(401, page)), want: lro.CodeUnauthenticated, class: lro.ClassBlocked, says: "HTTP 401;"},
		{reason: "an error word that is none", credentials: issuedBy(answer(400, `{"error":"The secret Word"}`)), want: lro.CodeUnauthenticated, class: lro.ClassBlocked, says: "HTTP 400;"},
		{reason: "refused, by the older library", credentials: fixed(retrieve(403, leak)), want: lro.CodeUnauthenticated, class: lro.ClassBlocked, says: "HTTP 403 (invalid_grant)"},
		{reason: "too many", credentials: issuedBy(answer(429, "")), want: lro.CodeUnavailable, class: lro.ClassTransient, says: "HTTP 429"},
		{reason: "too slow", credentials: issuedBy(answer(408, "")), want: lro.CodeUnavailable, class: lro.ClassTransient, says: "HTTP 408"},
		{reason: "the issuer is down", credentials: issuedBy(answer(503, page)), want: lro.CodeUnavailable, class: lro.ClassTransient, says: "HTTP 503"},
		{reason: "the issuer hangs up", credentials: issuedBy(hangUp), want: lro.CodeUnavailable, class: lro.ClassTransient, says: "no access token: EOF"},
		{reason: "the issuer is slow", credentials: issuedBy(never), change: func(o *rest.Options) { o.RequestTimeout = 50 * time.Millisecond }, want: lro.CodeDeadlineExceeded, class: lro.ClassTransient, says: "no access token: context deadline exceeded"},
		{reason: "a machine without a service account", credentials: fixed(fromSource(failingSource{&metadata.Error{Code: 404, Message: "secret"}})), want: lro.CodeUnauthenticated, class: lro.ClassBlocked, says: "HTTP 404;"},
		{reason: "nobody can say", credentials: fixed(fromSource(failingSource{errors.New("impersonate: status code 503: {\"the secret\n\"}")})), want: lro.CodeUnavailable, class: lro.ClassTransient, says: "no access token: impersonate: status code 503"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{"done":true}`))
			_, err := s.client(t, func(o *rest.Options) {
				authenticated(row.credentials(t))(o)
				if row.change != nil {
					row.change(o)
				}
			}).GetOperation(t.Context(), operationRef)
			if diff := cmp.Diff(row.want, codeOf(err)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if diff := cmp.Diff(row.class, classOf(err)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if text := err.Error(); !strings.Contains(text, row.says) || strings.Contains(text, "secret") || strings.Contains(text, "\n") {
				t.Errorf("the message %q should be one line, say %q, and hold no body", text, row.says)
			}
			var failed *lro.Error
			if got := len(s.received()); got != 0 || !errors.As(err, &failed) || !failed.Unsent {
				t.Errorf("%d requests were sent without a token: %+v", got, failed)
			}
		})
	}
}

type failingSource struct{ err error }

func (f failingSource) Token() (*oauth2.Token, error) { return nil, f.err }

func fixed(given *auth.Credentials) func(*testing.T) *auth.Credentials {
	return func(*testing.T) *auth.Credentials { return given }
}

// issuedBy is a service account whose issuer answers as handler does.
func issuedBy(handler http.HandlerFunc) func(*testing.T) *auth.Credentials {
	return func(t *testing.T) *auth.Credentials { return serviceAccount(t, serve(t, handler).url) }
}
