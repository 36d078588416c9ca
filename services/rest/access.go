package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/httptransport"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// access is how requests of a service authenticate and who pays for them. Services of equal access
// share their tokens.
type access struct {
	credentials  *auth.Credentials
	apiKey       string
	plain        bool   // without authentication
	scopes       string // of the application default credentials, with spaces between
	quotaProject string
}

// access is that of the service: its own fields, else those of the Options.
func (s Service) access(o Options) access {
	a := access{credentials: o.Credentials, apiKey: o.APIKey, plain: o.WithoutAuthentication}
	if s.authenticates() || s.WithoutAuthentication {
		a = access{credentials: s.Credentials, apiKey: s.APIKey, plain: s.WithoutAuthentication}
	}
	if a.detects() {
		a.scopes = strings.Join(s.scopes(), " ")
	}
	a.quotaProject = cmp.Or(s.QuotaProject, o.QuotaProject)
	return a
}

// authenticates reports whether the service has credentials of its own.
func (s Service) authenticates() bool { return s.Credentials != nil || s.APIKey != "" }

// detects reports whether the application default credentials are used.
func (a access) detects() bool { return a.credentials == nil && a.apiKey == "" && !a.plain }

// scopes are those of the service's tokens.
func (s Service) scopes() []string {
	if len(s.Scopes) > 0 {
		return s.Scopes
	}
	return requests.ScopesOf(s.Name)
}

// validateAccess refuses values of the service that cannot be right, or that would be ignored.
func (s Service) validateAccess(field string, o Options) error {
	if err := validateCredentials(field+".", s.Credentials, s.APIKey, s.WithoutAuthentication); err != nil {
		return err
	}
	if err := validateRequests(field+".", cmp.Or(s.ErrorFormat, o.ErrorFormat), s.QuotaProject); err != nil {
		return err
	}
	return requests.ValidateScopes(field+".scopes", s.Scopes, s.access(o).detects())
}

// validateCredentials refuses two ways to authenticate, of which one would be ignored. path goes before
// the names of fields.
func validateCredentials(path string, given *auth.Credentials, apiKey string, plain bool) error {
	switch {
	case plain && given != nil:
		return &lro.InvalidError{Field: path + "credentials", Want: "none with WithoutAuthentication"}
	case plain && apiKey != "":
		return &lro.InvalidError{Field: path + "apiKey", Value: "...", Want: "none with WithoutAuthentication"}
	case given != nil && apiKey != "":
		return &lro.InvalidError{Field: path + "apiKey", Value: "...", Want: "none with Credentials"}
	}
	return nil
}

// validateRequests refuses what cannot stand in a request.
func validateRequests(path string, format ErrorFormat, quotaProject string) error {
	switch {
	case !slices.Contains([]ErrorFormat{ErrorFormatV1, ErrorFormatV2, ErrorFormatUnset}, format):
		return &lro.InvalidError{Field: path + "errorFormat", Value: string(format), Want: `"1", "2" or "unset"`}
	case strings.ContainsFunc(quotaProject, unicode.IsControl):
		return &lro.InvalidError{Field: path + "quotaProject", Value: quotaProject, Want: "a project id or number"}
	}
	return nil
}

// httpClients are the HTTP clients of all services, by their access. None sees another's tokens.
func (c *Client) httpClients(base http.RoundTripper) (map[access]*http.Client, error) {
	clients := map[access]*http.Client{}
	for _, service := range c.registry.services {
		if clients[service.access] != nil {
			continue
		}
		made, err := httptransport.NewClient(c.options.transport(base, service.access))
		if err != nil {
			return nil, service.access.setupError(err)
		}
		made.CheckRedirect = refuseRedirect
		clients[service.access] = made
	}
	return clients, nil
}
