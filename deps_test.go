package awaitop_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/awaitop/awaitop"

// Dependencies that only some packages may reach. Each stands for all packages below it.
const (
	temporal  = "go.temporal.io"
	googleAPI = "google.golang.org/api"
	backoff   = "github.com/cenkalti/backoff"
	network   = "net/http"
)

var restricted = []string{temporal, googleAPI, backoff, network}

// The arrows of the module: which package may reach which, directly or not. An importer of a package pays for
// all that it reaches. A new package gets a row.
func TestImports(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		own    []string // packages of this module that it may reach
		other  []string // restricted dependencies that it may reach
	}{
		".": {reason: "documentation"},
		"lro": {
			reason: "the vocabulary is a pure leaf",
		},
		"services": {
			reason: "documentation",
		},
		"poller": {
			reason: "the requests of a process know no Temporal and no API's client",
			own:    []string{"lro"},
			other:  []string{backoff, network}, // OpenTelemetry knows HTTP headers
		},
		"activities": {
			reason: "what Temporal runs reaches no workflow and no API's client",
			own:    []string{"poller", "lro"},
			other:  []string{temporal, backoff, network},
		},
		"activities/internal/hold": {
			reason: "how an attempt is held knows no request",
			own:    []string{"lro"},
			other:  []string{temporal, network},
		},
		"services/rest": {
			reason: "the HTTP client of services",
			own:    []string{"poller", "lro"},
			other:  []string{googleAPI, backoff, network},
		},
		"activities/starters": {
			reason: "starters of any service know no service's client",
			own:    []string{"activities", "poller", "lro"},
			other:  []string{temporal, backoff, network},
		},
		"activities/spanner": {
			reason: "the starters use Spanner's generated client",
			own:    []string{"activities/spanner/names", "activities/starters", "activities", "poller", "lro"},
			other:  []string{temporal, googleAPI, backoff, network},
		},
		"activities/spanner/names": {
			reason: "workflow code names Spanner's activities and must not reach their client",
		},
		"workflows": {
			reason: "workflow code reaches no worker, no API's client and no test tool",
			own:    []string{"activities/starters", "activities", "poller", "lro"},
			other:  []string{temporal, backoff, network},
		},
		"workflows/spanner": {
			reason: "workflow code too",
			own:    []string{"workflows", "activities/spanner/names", "activities/starters", "activities", "poller", "lro"},
			other:  []string{temporal, backoff, network},
		},
		"control": {
			reason: "a client of Temporal only",
			own:    []string{"workflows", "activities/starters", "activities", "poller", "lro"},
			other:  []string{temporal, backoff, network},
		},
		"worker": {
			reason: "the composition root",
			own:    []string{"workflows", "activities", "activities/starters", "activities/spanner", "activities/spanner/names", "services/rest", "poller", "lro"},
			other:  []string{temporal, googleAPI, backoff, network},
		},
		"testsuite": {
			reason: "users' tests reach all but the worker",
			own:    []string{"internal/manualclock", "internal/unlimited", "testsuite", "workflows", "activities", "activities/spanner", "activities/spanner/names", "activities/starters", "services/rest", "poller", "lro"},
			other:  []string{temporal, googleAPI, backoff, network},
		},
		"testsuite/conformance": {
			reason: "the tests of clients reach what users' tests reach",
			own:    []string{"testsuite", "testsuite/internal/filter", "testsuite/internal/spannerjson", "internal/manualclock", "internal/unlimited", "workflows", "activities", "activities/spanner", "activities/spanner/names", "activities/starters", "services/rest", "poller", "lro"},
			other:  []string{temporal, googleAPI, backoff, network},
		},
		"testsuite/internal/filter":      {reason: "reads a List's filter", own: []string{"testsuite/internal/spannerjson"}, other: []string{googleAPI, network}},
		"testsuite/internal/spannerjson": {reason: "reads requests into Spanner's own structs", other: []string{googleAPI, network}},
		"internal/erratic":               {reason: "a client for tests", own: []string{"lro"}},
		"internal/freeport":              {reason: "a tool of tests"},
		"internal/exampletest":           {reason: "a tool of Examples"},
		"internal/golden":                {reason: "a tool of tests"},
		"internal/histories": {
			reason: "recorded histories, and the workflows that they are of",
			own:    []string{"workflows/spanner", "workflows", "activities/spanner/names", "activities/starters", "activities", "poller", "lro"},
			other:  []string{temporal, backoff, network},
		},
		"internal/manualclock":    {reason: "a tool of tests, for the tests of every package"},
		"internal/operationnames": {reason: "a table"},
		"internal/readiness":      {reason: "a tool of tests", other: []string{network}},
		"internal/unlimited":      {reason: "a tool of tests in Temporal's test environment", other: []string{temporal, network}},
		"internal/snippets":       {reason: "a tool of tests"},
	}
	packages := reached(t)
	for name := range tests {
		if _, ok := packages[name]; !ok {
			t.Errorf("there is no package %s: remove its row", name)
		}
	}
	for name, deps := range packages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt, ok := tests[name]
			if !ok {
				t.Fatalf("package %s has no row", name)
			}
			for _, dep := range deps {
				if own, ok := strings.CutPrefix(dep, module+"/"); ok && !slices.Contains(tt.own, own) && !slices.Contains(tt.own, outside(own)) && outside(own) != name {
					t.Errorf("%s reaches %s, but: %s", name, own, tt.reason)
				}
				if restriction := restrictionOf(dep); restriction != "" && !slices.Contains(tt.other, restriction) {
					t.Errorf("%s reaches %s, but: %s", name, dep, tt.reason)
				}
			}
		})
	}
}

// outside is the package that an internal package is a part of: whoever reaches the one may reach the other.
func outside(own string) string {
	before, _, _ := strings.Cut(own, "/internal/")
	return before
}

// restrictionOf is the restricted dependency that a package is or stands below, "" if there is none.
func restrictionOf(dep string) string {
	for _, restriction := range restricted {
		if dep == restriction || strings.HasPrefix(dep, restriction+"/") {
			return restriction
		}
	}
	return ""
}

// reached lists the packages of this module, and what each reaches, without its tests.
func reached(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(strings.TrimPrefix(fields[0], module), "/")
		if name == "" {
			name = "."
		}
		packages[name] = fields[1:]
	}
	return packages
}
