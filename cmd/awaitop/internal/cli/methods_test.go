package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/internal/golden"
)

// testdata/methods.txt holds what is shown of methods of each kind, to be read when it changes.
func TestMethods(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, line := range []string{
		"methods memorystore",
		"methods alloydb.projects.locations.clusters.create",                        // a create of a requestId
		"methods sql.instances.insert",                                              // its id stands in the body
		"methods redis.projects.locations.instances.patch",                          // an update
		"methods run.projects.locations.jobs.run",                                   // nothing tells its operation from another's
		"methods container.projects.zones.clusters.create",                          // its id is unknown
		"methods spanner.projects.instances.databases.create",                       // a step of its own
		"methods sql.backupRuns.insert",                                             // the service names what it makes
		"methods notebooks/v2:notebooks.projects.locations.instances.create",        // one version of several
		"methods datamigration.projects.locations.migrationJobs.fetchSourceObjects", // a GET
		"methods notebooks.projects.locations.instances.create",                     // versions differ
		"methods alloydb.projects.locations.cluster.create",                         // a typo
		"methods storage.buckets.insert",                                            // it starts nothing
		"methods sqladmin.instances.insert",                                         // the service's name for the beginning of its ids
		"methods gke",                                                               // no name of a service
		"methods --grep globaladdress",                                              // in any case
		"methods redis --grep upgrade",                                              // of one service
		"methods --grep nothinghasthis",
		"methods alloydb redis",
		"methods sql.instances.insert -o json",
		"methods run.projects.locations.jobs.run -o json",
	} {
		var out bytes.Buffer
		status := Run(t.Context(), strings.Fields(line), IO{Out: &out, Err: &out})
		fmt.Fprintf(&all, "$ awaitop %s\n%s(exit status %d)\n\n", line, out.String(), status)
	}
	golden.Text(t, "methods.txt", all.String())
}

// Each output has a row for each service or method, in text and in JSON.
func TestMethodsLists(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		args   []string
		row    string
		least  int // lines
	}{
		"services": {"all of them", nil, "alloydb/v1 alloydb.googleapis.com 21 7", 175},
		"name":     {"of one version", []string{"alloydb"}, "alloydb.projects.locations.clusters.promote projects/*/locations/*/clusters/* requestId -", 22},
		"host":     {"as a Ref names the service", []string{"sqladmin.googleapis.com"}, "sql.databases.insert projects/*/instances/*/databases/* own id, and metadata with target and time delete, an operation", 40},
		"ids":      {"what the ids of a service begin with", []string{"sql"}, "sql.databases.insert projects/*/instances/*/databases/* own id, and metadata with target and time delete, an operation", 40},
		"parent":   {"of a method", []string{"redis.projects.locations.instances"}, "redis.projects.locations.instances.create projects/*/locations/*/instances/* label on what is made delete, an operation", 8},
		"keyed":    {"with a version in front", []string{"notebooks/v2:notebooks.projects.locations.instances"}, "notebooks.projects.locations.instances.create projects/*/locations/*/instances/* requestId delete, an operation", 14},
		"grep":     {"of all services", []string{"--grep", "InsTances.CREATE"}, "notebooks/v2:notebooks.projects.locations.instances.create projects/*/locations/*/instances/* requestId delete, an operation", 10},
		"version":  {"one of two", []string{"notebooks/v2"}, "notebooks.projects.locations.instances.create projects/*/locations/*/instances/* requestId delete, an operation", 14},
		"versions": {"ids tell no version", []string{"notebooks"}, "notebooks/v2:notebooks.projects.locations.instances.create projects/*/locations/*/instances/* requestId delete, an operation", 42},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := linesOf(t, append([]string{"methods"}, tt.args...)...)
			if len(lines) < tt.least {
				t.Errorf("%s: %d lines", tt.reason, len(lines))
			}
			same := func(line string) bool { return strings.Join(strings.Fields(line), " ") == tt.row }
			if !slices.ContainsFunc(lines, same) {
				t.Errorf("%s: there is no %q in\n%s", tt.reason, tt.row, strings.Join(lines, "\n"))
			}
			asJSON := linesOf(t, append([]string{"methods", "-o", "json"}, tt.args...)...)
			if len(asJSON) != len(lines)-1 { // a table has a header
				t.Errorf("%d lines of JSON for %d rows", len(asJSON), len(lines)-1)
			}
			for _, line := range asJSON {
				if !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %s", line)
				}
			}
		})
	}
}

// linesOf are the lines that a command prints. It must succeed.
func linesOf(t *testing.T, args ...string) []string {
	t.Helper()
	var out bytes.Buffer
	if status := Run(t.Context(), args, IO{Out: &out, Err: &out}); status != ExitOK {
		t.Fatalf("%d: %s", status, out.String())
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func TestCompleteMethods(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		begun  string
		args   []string
		want   []string
	}{
		"services": {"before a dot", "alloy", nil, []string{"alloydb"}},
		"once":     {"of two versions", "notebook", nil, []string{"notebooks"}},
		"methods":  {"behind it", "alloydb.projects.locations.clusters.pro", nil, []string{"alloydb.projects.locations.clusters.promote"}},
		"sql":      {"ids do not begin with the service's name", "sql.instances.ins", nil, []string{"sql.instances.insert"}},
		"second":   {"there is one argument", "al", []string{"alloydb"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _ := completeMethods(nil, tt.args, tt.begun); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
