package rest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

const otherService = "ops.example.com"

// apart serves two services by one client: a's fields on the first, b's on the second.
func apart(t *testing.T, options func(*rest.Options), a, b rest.Service) (first, second *http.Request) {
	t.Helper()
	one, two := serve(t, answer(200, `{"done":true}`)), serve(t, answer(200, `{"done":true}`))
	a.Name, a.Endpoint, b.Name, b.Endpoint = lro.SpannerService, one.url, otherService, two.url
	client := one.client(t, options, func(o *rest.Options) { o.Services = []rest.Service{a, b} })
	for _, service := range []string{a.Name, b.Name} {
		ref := lro.Ref{Service: service, Name: operationName}
		if _, err := client.GetOperation(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		if err := client.CancelOperation(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
	}
	return one.received()[0], two.received()[0]
}

// seen is what a request tells of the access that it was sent with.
func seen(r *http.Request) string {
	query := r.URL.Query()
	parts := []string{r.Header.Get("Authorization"), query.Get("key"), r.Header.Get("X-Goog-User-Project"), query.Get("$.xgafv")}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// Requests of a service never carry what is another's.
func TestServicesAreAuthenticatedApart(t *testing.T) {
	t.Parallel()
	mine := fromSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "mine"}))
	yours := fromSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "yours"}))
	plain := func(*rest.Options) {}
	rows := []struct {
		reason        string
		options       func(*rest.Options)
		a, b          rest.Service
		first, second string
	}{
		{"both as Options say", authenticated(mine), rest.Service{}, rest.Service{}, "Bearer mine 2", "Bearer mine 2"},
		{"an emulator beside a service", authenticated(mine), rest.Service{}, rest.Service{WithoutAuthentication: true}, "Bearer mine 2", "2"},
		{"a service beside emulators", plain, rest.Service{Credentials: mine}, rest.Service{}, "Bearer mine 2", "2"},
		{"credentials each", authenticated(mine), rest.Service{}, rest.Service{Credentials: yours}, "Bearer mine 2", "Bearer yours 2"},
		{"a key beside credentials", authenticated(mine), rest.Service{APIKey: "key-of-one"}, rest.Service{}, "key-of-one 2", "Bearer mine 2"},
		{"error formats", plain, rest.Service{ErrorFormat: rest.ErrorFormatUnset}, rest.Service{ErrorFormat: rest.ErrorFormatV1}, "", "1"},
		{"quota projects", func(o *rest.Options) { o.QuotaProject = "all" }, rest.Service{QuotaProject: "one"}, rest.Service{}, "one 2", "all 2"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			first, second := apart(t, row.options, row.a, row.b)
			if diff := cmp.Diff([]string{row.first, row.second}, []string{seen(first), seen(second)}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestScopes is not parallel: it sets the environment.
func TestScopes(t *testing.T) {
	const vault, cloud = "vault.googleapis.com", "https://www.googleapis.com/auth/cloud-platform"
	issuer := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // the test fails without the form
		answer(200, token)(w, r)
	})
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", accountFile(t, issuer.url))
	s := serve(t, answer(200, `{"done":true}`))
	rows := []struct {
		reason  string
		service rest.Service
		want    string
	}{
		{"by default", rest.Service{Name: lro.SpannerService}, cloud},
		{"a service outside of the catalog", rest.Service{Name: otherService}, cloud},
		{"a service that does not take cloud-platform", rest.Service{Name: vault}, "https://www.googleapis.com/auth/ediscovery https://www.googleapis.com/auth/ediscovery.readonly"},
		{"by the configuration", rest.Service{Name: vault, Scopes: []string{"https://www.googleapis.com/auth/ediscovery"}}, "https://www.googleapis.com/auth/ediscovery"},
	}
	for _, row := range rows {
		row.service.Endpoint = s.url
		before := len(issuer.received())
		client := s.client(t, func(o *rest.Options) { o.WithoutAuthentication, o.Services = false, []rest.Service{row.service} })
		ref := lro.Ref{Service: row.service.Name, Name: "operations/o"}
		if ref.Service == lro.SpannerService {
			ref.Name = operationName
		}
		if _, err := client.GetOperation(t.Context(), ref); err != nil {
			t.Fatal(row.reason, err)
		}
		if got := issuer.scopes(t, before); got != row.want {
			t.Errorf("%s: scopes %q, want %q", row.reason, got, row.want)
		}
	}
}

// scopes are those of the assertion in the form of the token request after some others.
func (s *server) scopes(t *testing.T, after int) string {
	t.Helper()
	requests := s.received()[after:]
	if len(requests) != 1 {
		t.Fatalf("%d requests for a token", len(requests))
	}
	_, payload, _ := strings.Cut(requests[0].PostForm.Get("assertion"), ".")
	payload, _, _ = strings.Cut(payload, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Scope string }
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Scope
}

// accountFile is a file with the key of a service account.
func accountFile(t *testing.T, tokenURL string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, serviceAccount(t, tokenURL).JSON(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestQuotaProjectOfServices(t *testing.T) {
	t.Parallel()
	client := serve(t, answer(200, `{}`)).client(t, func(o *rest.Options) {
		o.QuotaProject = "all"
		o.Services = append(o.Services, rest.Service{Name: otherService, QuotaProject: "one"})
	})
	for service, want := range map[string]string{lro.SpannerService: "all", otherService: "one", "nothing.example": "all"} {
		if got := client.QuotaProject(service); got != want {
			t.Errorf("%s: %q, want %q", service, got, want)
		}
	}
}

func TestAuthenticates(t *testing.T) {
	t.Parallel()
	options := rest.Options{Services: []rest.Service{{Name: lro.SpannerService}, {Name: otherService, Endpoint: "http://emulator", WithoutAuthentication: true}}}
	for service, want := range map[string]bool{lro.SpannerService: true, otherService: false, "nothing.example": false} {
		if got := options.Authenticates(service); got != want {
			t.Errorf("%s: %t, want %t", service, got, want)
		}
	}
	if err := options.Validate(); err != nil {
		t.Errorf("plain http for a service without authentication: %v", err)
	}
}

func TestRefusedAccess(t *testing.T) {
	t.Parallel()
	some := fromSource(nil)
	const scope = "https://www.googleapis.com/auth/cloud-platform"
	rows := []struct {
		service      rest.Service
		options      rest.Options
		field, value string
		reason       string
	}{
		{rest.Service{WithoutAuthentication: true, Credentials: some}, rest.Options{}, "credentials", "", "they would be ignored"},
		{rest.Service{WithoutAuthentication: true, APIKey: "k"}, rest.Options{}, "apiKey", "...", "the key would be ignored"},
		{rest.Service{Credentials: some, APIKey: "k"}, rest.Options{}, "apiKey", "...", "the credentials would be ignored"},
		{rest.Service{WithoutAuthentication: true, Scopes: []string{scope}}, rest.Options{}, "scopes", scope, "no token has them"},
		{rest.Service{Scopes: []string{scope}}, rest.Options{Credentials: some}, "scopes", scope, "credentials have their own"},
		{rest.Service{Scopes: []string{"a b"}}, rest.Options{}, "scopes", "a b", "two scopes"},
		{rest.Service{Scopes: []string{""}}, rest.Options{}, "scopes", "", "no scope"},
		{rest.Service{ErrorFormat: "3"}, rest.Options{}, "errorFormat", "3", "no such form"},
		{rest.Service{QuotaProject: "a\nb"}, rest.Options{}, "quotaProject", "a\nb", "two headers"},
		{rest.Service{Endpoint: "http://emulator", Credentials: some}, rest.Options{WithoutAuthentication: true}, "endpoint", "http://emulator", "its credentials over plain http"},
	}
	for _, row := range rows {
		t.Run(row.field+" "+row.reason, func(t *testing.T) {
			t.Parallel()
			row.service.Name = otherService
			row.options.Services = []rest.Service{{Name: lro.SpannerService}, row.service}
			got := invalidOf(t, row.options.Validate())
			if diff := cmp.Diff(lro.InvalidError{Field: "services[1]." + row.field, Value: row.value}, lro.InvalidError{Field: got.Field, Value: got.Value}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
