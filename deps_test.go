package awaitop_test

import (
	"cmp"
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

// The arrows of the module: the packages of it that each package imports, and the restricted dependencies that it
// reaches, directly or not. An importer of a package pays for all that it reaches. A new package gets a row.
func TestImports(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		imports []string // packages of this module that it may import
		reaches []string // restricted dependencies that it may reach
	}{
		".":       {reason: "documentation"},
		"catalog": {reason: "data, a leaf: any package may look something up"},
		"lro":     {reason: "the vocabulary is pure, and knows the names of operations", imports: []string{"catalog"}},
		"poller": {
			reason:  "the requests of a process know no Temporal and no API's client",
			imports: []string{"internal/telemetry", "lro"},
			reaches: []string{backoff, network}, // OpenTelemetry knows HTTP headers
		},
		"internal/allowed": {reason: "names and their beginnings, a leaf"},
		"internal/awaiters": {
			reason:  "reads what Temporal lists, and knows no workflow code",
			imports: []string{"activities/orphans", "lro"},
			reaches: []string{temporal, network},
		},
		"internal/createtime": {reason: "a field of resources, a leaf"},
		"internal/grpcstatus": {reason: "errors of gRPC clients, for all packages that meet them", imports: []string{"lro"}},
		"internal/polls":      {reason: "numbers of reads", imports: []string{"lro"}},
		"internal/stepkey":    {reason: "a text, a leaf"},
		"internal/telemetry":  {reason: "names of metrics and spans", imports: []string{"lro"}},
		"internal/updates":    {reason: "a call of Temporal's client", reaches: []string{temporal, backoff, network}},
		"services": {
			reason:  "a client of many clients knows what starters ask of them",
			imports: []string{"services/internal/requests", "internal/telemetry", "poller", "lro"},
			reaches: []string{googleAPI, backoff, network},
		},
		"services/grpc": {
			reason:  "the gRPC client of a service",
			imports: []string{"services/internal/requests", "internal/allowed", "internal/grpcstatus", "poller", "lro", "catalog"},
			reaches: []string{backoff, network},
		},
		"services/shapes": {reason: "forms of operations, without a request", imports: []string{"lro"}},
		"services/internal/requests": {
			reason:  "what the clients of services share",
			imports: []string{"poller", "internal/telemetry", "lro", "catalog"},
			reaches: []string{backoff, network},
		},
		"services/rest": {
			reason:  "the HTTP client of services",
			imports: []string{"services/shapes", "services/internal/requests", "internal/allowed", "poller", "lro", "catalog"},
			reaches: []string{googleAPI, backoff, network},
		},
		"internal/sets": {
			reason:  "the payloads of sets, which workflow code and activities share",
			imports: []string{"activities/cancels", "internal/polls", "lro"},
		},
		"activities": {
			reason:  "what Temporal runs reaches no workflow and no API's client",
			imports: []string{"activities/internal/hold", "activities/cancels", "activities/undos", "internal/sets", "internal/polls", "internal/telemetry", "poller", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"activities/cancels": {reason: "words, a leaf"},
		"activities/undos":   {reason: "words, a leaf"},
		"activities/orphans": {reason: "words, and a decision", imports: []string{"internal/stepkey", "lro"}},
		"activities/sweep": {
			reason:  "looks for what starters have made, by the catalog, and knows no service's client",
			imports: []string{"activities/internal/resources", "activities/orphans", "activities/starters", "activities", "internal/awaiters", "internal/stepkey", "poller", "lro", "catalog"},
			reaches: []string{temporal, backoff, network},
		},
		"activities/internal/resources": {
			reason:  "requests about resources know no Temporal",
			imports: []string{"catalog", "poller", "lro"},
			reaches: []string{backoff, network},
		},
		"activities/internal/hold": {
			reason:  "how an attempt is held knows no request",
			imports: []string{"lro"},
			reaches: []string{temporal, network},
		},
		"activities/starters": {
			reason:  "starters of any service know no service's client",
			imports: []string{"activities", "activities/undos", "internal/createtime", "internal/grpcstatus", "poller", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"activities/spanner": {
			reason:  "the starters use the types of Spanner's generated client",
			imports: []string{"activities/spanner/names", "activities/internal/resources", "activities/starters", "activities", "poller", "lro", "catalog"},
			reaches: []string{temporal, googleAPI, backoff, network},
		},
		"activities/google": {
			reason:  "the starters of any service know the catalog and forms of operations, and no service's client",
			imports: []string{"activities/google/names", "activities/spanner/names", "activities/internal/resources", "activities/starters", "activities", "services/shapes", "poller", "lro", "catalog"},
			reaches: []string{temporal, backoff, network},
		},
		"activities/google/names":  {reason: "workflow code names the activities and must not reach the catalog's methods"},
		"activities/spanner/names": {reason: "workflow code names Spanner's activities and must not reach their client"},
		"workflows": {
			reason:  "workflow code reaches no worker, no API's client and no test tool",
			imports: []string{"activities/google/names", "activities/spanner/names", "activities/starters", "activities/orphans", "activities/cancels", "activities/undos", "activities", "internal/awaiters", "internal/createtime", "internal/sets", "internal/polls", "internal/stepkey", "internal/telemetry", "poller", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"workflows/spanner": {
			reason:  "workflow code too",
			imports: []string{"workflows", "activities/spanner/names", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"workflows/google": {
			reason:  "workflow code too",
			imports: []string{"workflows", "activities/google/names", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"control": {
			reason:  "a client of Temporal only",
			imports: []string{"workflows", "activities/orphans", "activities/starters", "activities/undos", "activities", "internal/awaiters", "internal/polls", "internal/sets", "internal/updates", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"nexusservice": {
			reason:  "a handler of Nexus requests: it starts and steers workflows, and reads by the client that it is given",
			imports: []string{"workflows", "activities", "internal/allowed", "internal/updates", "lro", "catalog"},
			reaches: []string{temporal, backoff, network},
		},
		"worker": {
			reason:  "the composition root",
			imports: []string{"nexusservice", "workflows", "activities/google", "activities/spanner", "activities/starters", "activities/sweep", "activities", "services", "services/rest", "internal/telemetry", "poller", "lro"},
			reaches: []string{temporal, googleAPI, backoff, network},
		},
		"testsuite": {
			reason: "users' tests reach all but the worker",
			imports: []string{
				"testsuite/internal/filter", "testsuite/internal/spannerjson", "internal/manualclock", "internal/unlimited",
				"workflows", "activities/google", "activities/orphans", "activities/spanner", "activities/starters", "activities/sweep", "activities", "services/rest", "poller", "lro", "catalog",
			},
			reaches: []string{temporal, googleAPI, backoff, network},
		},
		"testsuite/conformance": {
			reason:  "the tests of clients reach what users' tests reach",
			imports: []string{"testsuite", "internal/manualclock", "lro"},
			reaches: []string{temporal, googleAPI, backoff, network},
		},
		"testsuite/internal/filter": {
			reason:  "reads a List's filter",
			imports: []string{"testsuite/internal/spannerjson"},
			reaches: []string{googleAPI, network},
		},
		"testsuite/internal/spannerjson": {reason: "reads requests into Spanner's own structs", reaches: []string{googleAPI, network}},
		"internal/histories": {
			reason:  "recorded histories, and the workflows that they are of",
			imports: []string{"workflows/google", "workflows/spanner", "workflows", "activities/spanner/names", "lro"},
			reaches: []string{temporal, backoff, network},
		},
		"internal/erratic":  {reason: "a client for tests", imports: []string{"lro"}},
		"internal/freeport": {reason: "a tool of tests"},
		"internal/contractgen": {
			reason: "generates the document of the contract, from all packages that have a part of it",
			imports: []string{
				"control", "nexusservice", "worker", "workflows", "activities/google", "activities/google/names", "activities/starters", "activities/orphans",
				"activities/cancels", "activities/undos", "activities", "services/rest", "internal/sets", "internal/gosource", "lro",
			},
			reaches: []string{temporal, googleAPI, backoff, network},
		},
		"internal/gosource":    {reason: "a tool of generators and tests: it reads source"},
		"internal/exampletest": {reason: "a tool of Examples"},
		"internal/golden":      {reason: "a tool of tests"},
		"internal/manualclock": {reason: "a tool of tests, for the tests of every package"},
		"internal/cataloggen":  {reason: "generates catalog's file from documents, and imports nothing of it"},
		"internal/readiness":   {reason: "a tool of tests", reaches: []string{network}},
		"internal/unlimited":   {reason: "a tool of tests in Temporal's test environment", reaches: []string{temporal, network}},
		"internal/snippets":    {reason: "a tool of tests"},
	}
	packages := dependencies(t)
	for name := range tests {
		if _, ok := packages[name]; !ok {
			t.Errorf("there is no package %s: remove its row", name)
		}
	}
	for name, p := range packages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt, ok := tests[name]
			if !ok {
				t.Fatalf("package %s has no row", name)
			}
			for _, own := range p.imports {
				if !slices.Contains(tt.imports, own) {
					t.Errorf("%s imports %s, but: %s", name, own, tt.reason)
				}
			}
			for _, own := range tt.imports {
				if !slices.Contains(p.imports, own) {
					t.Errorf("%s does not import %s any more: remove it from the row", name, own)
				}
			}
			for _, restriction := range p.reaches {
				if !slices.Contains(tt.reaches, restriction) {
					t.Errorf("%s reaches %s, but: %s", name, restriction, tt.reason)
				}
			}
		})
	}
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

// imported has what a package of this module, without its tests, depends on.
type imported struct {
	imports []string // packages of this module that it imports
	reaches []string // the restricted dependencies that it reaches
}

// dependencies lists the packages of this module.
func dependencies(t *testing.T) map[string]imported {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .Deps " "}}`, "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	packages := map[string]imported{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		var p imported
		for _, dep := range strings.Fields(fields[1]) {
			if own, ok := strings.CutPrefix(dep, module+"/"); ok {
				p.imports = append(p.imports, own)
			}
		}
		for _, dep := range strings.Fields(fields[2]) {
			if restriction := restrictionOf(dep); restriction != "" && !slices.Contains(p.reaches, restriction) {
				p.reaches = append(p.reaches, restriction)
			}
		}
		name := strings.TrimPrefix(strings.TrimPrefix(fields[0], module), "/")
		packages[cmp.Or(name, ".")] = p
	}
	return packages
}
