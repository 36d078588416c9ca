package awaitop_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/awaitop/awaitop"

// The arrows of the module: who may import whom. Importers of a package pay for
// all it reaches, and workflow code may reach nothing that does I/O.
func TestImports(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		may    []string // packages of this module it may reach
		never  []string // others it may not, nor what is below them
	}{
		"lro":                {reason: "a pure leaf", never: []string{"google.golang.org/api", "github.com/cenkalti/backoff", "go.temporal.io/sdk/client", "go.temporal.io/sdk/worker"}},
		"activities":         {reason: "no workflow, and no API's client", may: []string{"lro"}, never: []string{"google.golang.org/api"}},
		"activities/spanner": {reason: "one service's starters, over any client", may: []string{"activities", "lro"}, never: []string{module + "/services/rest"}},
		"workflows":          {reason: "no worker, client of an API, or test tool", may: []string{"activities", "lro"}, never: []string{"google.golang.org/api"}},
		"control":            {reason: "a client of Temporal's alone", may: []string{"workflows", "activities", "lro"}, never: []string{"google.golang.org/api"}},
		"workflows/spanner":  {reason: "workflow code too", may: []string{"workflows", "activities", "lro"}, never: []string{"google.golang.org/api"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deps := reached(t, "./"+name)
			if !slices.Contains(deps, module+"/"+name) {
				t.Fatalf("go list did not list %s itself: %v", name, deps)
			}
			for _, dep := range deps {
				own, ours := strings.CutPrefix(dep, module+"/")
				if ours && own != name && !slices.Contains(tt.may, own) {
					t.Errorf("%s (%s) reaches %s", name, tt.reason, dep)
				}
				for _, never := range tt.never {
					if dep == never || strings.HasPrefix(dep, never+"/") {
						t.Errorf("%s (%s) reaches %s", name, tt.reason, dep)
					}
				}
			}
		})
	}
}

// reached lists what a package imports, directly or not, without its tests.
func reached(t *testing.T, path string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", path).CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	return strings.Fields(string(out))
}

// Google documents these packages as made for its own generated clients.
func TestGoogleOwnPackagesAreNotImported(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-test", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		for _, own := range []string{"google.golang.org/api/option/internaloption", "google.golang.org/api/transport/http"} {
			if slices.Contains(strings.Fields(line), own) {
				t.Errorf("%s is imported by %s", own, line)
			}
		}
	}
}
