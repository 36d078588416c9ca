package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A service is reached as the worker's configuration says, unless a flag says otherwise.
func TestOperationsReach(t *testing.T) {
	t.Parallel()
	const bigtable, name = "bigtableadmin.googleapis.com", "operations/projects/p/instances/i/locations/l/operations/o"
	tests := map[string]struct {
		reason string
		config string // SERVER stands for the server's URL
		args   []string
		path   string
		quota  string
	}{
		"neither":       {"the catalog has its version", "", []string{"get", "//" + bigtable + "/" + name, "--endpoint", "SERVER", "--without-authentication"}, "/v2/" + name, ""},
		"pattern":       {"it stands for the service", "services: [{name: \"*.googleapis.com\", endpoint: SERVER}]", []string{"get", "//" + bigtable + "/" + name}, "/v2/" + name, "paying"},
		"flags":         {"a version and a prefix", "", []string{"get", "//" + bigtable + "/" + name, "--endpoint", "SERVER", "--without-authentication", "--api-version", "v2", "--prefix", "admin"}, "/v2/admin/" + name, ""},
		"configuration": {"its only service", "services: [{name: " + bigtable + ", endpoint: SERVER, version: v2}]", []string{"get", name}, "/v2/" + name, "paying"},
		"of several":    {"by its name", "services: [{name: spanner.googleapis.com}, {name: dns.googleapis.com, endpoint: SERVER, version: dns/v1}]", []string{"get", "//dns.googleapis.com/projects/p/locations/l/operations/o"}, "/dns/v1/projects/p/locations/l/operations/o", "paying"},
		"flag first":    {"before the configuration", "services: [{name: " + bigtable + ", endpoint: SERVER, version: v2}]", []string{"get", name, "--api-version", "v3", "--quota-project", "mine"}, "/v3/" + name, "mine"},
		"another":       {"it is not configured", "services: [{name: " + bigtable + ", version: v2}]", []string{"get", "//x.example.com/operations/o", "--endpoint", "SERVER"}, "/v1/operations/o", "paying"},
		"not allowed":   {"for waits, not for a person", "allowedPrefixes: [projects/other]\nservices: [{name: spanner.googleapis.com, endpoint: SERVER}]", []string{"cancel", "projects/p/instances/i/operations/o"}, "/v1/projects/p/instances/i/operations/o:cancel", "paying"},
		"cannot":        {"Bigtable has no cancel: nothing is sent", "services: [{name: " + bigtable + ", endpoint: SERVER}]", []string{"cancel", name}, "", ""},
		"list":          {"a collection", "services: [{name: " + bigtable + ", endpoint: SERVER, version: v2}]", []string{"list", "operations/projects/p"}, "/v2/operations/projects/p/operations", "paying"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var path, quota string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				path, quota = r.URL.Path, r.Header.Get("X-Goog-User-Project")
				_, _ = w.Write([]byte(`{"name":"operations/o","done":true}`))
			}))
			t.Cleanup(server.Close)
			config := tt.config
			if config != "" {
				config += "\nwithoutAuthentication: true\nquotaProject: paying\n"
			}
			args := append([]string{"operations", "--config", written(t, strings.ReplaceAll(config, "SERVER", server.URL))}, tt.args...)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "SERVER", server.URL)
			}
			var out bytes.Buffer
			Run(t.Context(), args, IO{Out: &out, Err: &out})
			if path != tt.path || quota != tt.quota {
				t.Errorf("%s: %s for %q, want %s for %q; %s", tt.reason, path, quota, tt.path, tt.quota, out.String())
			}
		})
	}
}

// A page in place of an answer may come from a path that the API does not have.
func TestOperationsWrongVersion(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	var out bytes.Buffer
	status := Run(t.Context(), []string{"operations", "get", operationName, "--endpoint", server.URL, "--without-authentication"}, IO{Out: &out, Err: &out})
	if status != ExitTrouble || !strings.Contains(out.String(), "--api-version") {
		t.Errorf("%d: %s", status, out.String())
	}
}
