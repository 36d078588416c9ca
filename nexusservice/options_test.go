package nexusservice

import (
	"errors"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

func TestRuleAllows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason    string
		resources []string
		service   string
		name      string
		want      bool
	}{
		"no rule":             {"empty allows all", nil, "spanner.googleapis.com", "projects/p/operations/o", true},
		"project":             {"in every service", []string{"projects/p"}, "alloydb.googleapis.com", "projects/p/locations/l/operations/o", true},
		"another project":     {"whole segments", []string{"projects/p"}, "spanner.googleapis.com", "projects/p2/operations/o", false},
		"slash":               {"a trailing slash changes nothing", []string{"projects/p/"}, "spanner.googleapis.com", "projects/p/operations/o", true},
		"itself":              {"the resource itself is below it", []string{"projects/p/operations"}, "spanner.googleapis.com", "projects/p/operations", true},
		"above":               {"a parent is not below it", []string{"projects/p/instances/i"}, "spanner.googleapis.com", "projects/p/instances", false},
		"service":             {"all of a service", []string{"//spanner.googleapis.com"}, "spanner.googleapis.com", "projects/x/operations/o", true},
		"another service":     {"not of another", []string{"//spanner.googleapis.com"}, "alloydb.googleapis.com", "projects/x/locations/l/operations/o", false},
		"in a service":        {"a project of one service", []string{"//spanner.googleapis.com/projects/p"}, "spanner.googleapis.com", "projects/p/operations/o", true},
		"elsewhere":           {"not the same project of another", []string{"//spanner.googleapis.com/projects/p"}, "alloydb.googleapis.com", "projects/p/locations/l/operations/o", false},
		"regional host":       {"it belongs to its service", []string{"//spanner.googleapis.com"}, "spanner.us-central1.rep.googleapis.com", "projects/x/operations/o", true},
		"regional alone":      {"a rule for a region is for no other", []string{"//spanner.us-central1.rep.googleapis.com"}, "spanner.googleapis.com", "projects/x/operations/o", false},
		"second":              {"one of several is enough", []string{"projects/a", "projects/p"}, "spanner.googleapis.com", "projects/p/operations/o", true},
		"Bigtable":            {"its names begin with a word before the project", []string{"projects/p"}, "bigtableadmin.googleapis.com", "operations/projects/p/operations/o", true},
		"another Bigtable":    {"whole segments there, too", []string{"projects/p"}, "bigtableadmin.googleapis.com", "operations/projects/p2/operations/o", false},
		"bare":                {"it may be of any project", []string{"projects/p"}, "cloudresourcemanager.googleapis.com", "operations/cp.123", false},
		"wildcard of parents": {"a dash is a name like another", []string{"projects/p/locations/l"}, "alloydb.googleapis.com", "projects/p/locations/-/operations", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Rule{Resources: tt.resources}).allows(tt.service, tt.name); got != tt.want {
				t.Errorf("%s: allowed %t, want %t", tt.reason, got, tt.want)
			}
		})
	}
}

func TestRuleRuns(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		methods []string
		method  string
		want    bool
	}{
		"none":      {"a rule names what may be run", nil, "spanner.projects.instances.create", false},
		"all":       {"by a star", []string{AllMethods}, "spanner.projects.instances.create", true},
		"itself":    {"by its id", []string{"spanner.projects.instances.create"}, "spanner.projects.instances.create", true},
		"beginning": {"of a resource", []string{"spanner.projects.instances"}, "spanner.projects.instances.databases.create", true},
		"half":      {"whole words", []string{"spanner.projects.instance"}, "spanner.projects.instances.create", false},
		"another":   {"not of another service", []string{"spanner"}, "alloydb.projects.locations.clusters.create", false},
		"version":   {"a version is of the same method", []string{"notebooks"}, "notebooks/v2:notebooks.projects.locations.instances.create", true},
		"pretender": {"a version is no method", []string{"spanner"}, "spanner.v1:alloydb.projects.locations.clusters.create", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Rule{Methods: tt.methods}).runs(tt.method); got != tt.want {
				t.Errorf("%s: %t, want %t", tt.reason, got, tt.want)
			}
		})
	}
}

func TestOptionsValidate(t *testing.T) {
	t.Parallel()
	allow := func(resource string) Options {
		return Options{Allow: Rule{Resources: []string{"projects/p", resource}}}
	}
	tests := map[string]struct {
		reason  string
		options Options
		field   string // "" for valid
	}{
		"zero":              {"all is allowed", Options{}, ""},
		"resources":         {"each form", Options{Allow: Rule{Resources: []string{"projects/p/", "//spanner.googleapis.com", "//spanner.googleapis.com/projects/p"}}}, ""},
		"no resource":       {"it would allow all", allow(""), "nexus.allow.resources[1]"},
		"slash":             {"it would allow all", allow("/"), "nexus.allow.resources[1]"},
		"leading slash":     {"no name begins so", allow("/projects/p"), "nexus.allow.resources[1]"},
		"URL":               {"a resource is no URL", allow("https://spanner.googleapis.com"), "nexus.allow.resources[1]"},
		"no service":        {"whose?", allow("//"), "nexus.allow.resources[1]"},
		"no host":           {"a service is a DNS name", allow("//spanner/projects/p"), "nexus.allow.resources[1]"},
		"of a caller":       {"rules of callers too", Options{Callers: map[string]Rule{"payments": {Resources: []string{"?"}}}}, "nexus.callers.payments.resources[0]"},
		"unnamed namespace": {"no caller has it", Options{Callers: map[string]Rule{"": {}}}, "nexus.callers"},
		"methods":           {"ids, beginnings and all", Options{Allow: Rule{Methods: []string{"spanner.projects.instances", "*"}}}, ""},
		"method":            {"a pattern is none", Options{Allow: Rule{Methods: []string{"spanner.*"}}}, "nexus.allow.methods[0]"},
		"method's typo":     {"it would allow nothing", Options{Allow: Rule{Methods: []string{"*", "spanner.projects.instance"}}}, "nexus.allow.methods[1]"},
		"caller's method":   {"rules of callers too", Options{Callers: map[string]Rule{"payments": {Methods: []string{"spanner.projects.instances.insert"}}}}, "nexus.callers.payments.methods[0]"},
		"no method":         {"it would allow nothing", Options{Allow: Rule{Methods: []string{""}}}, "nexus.allow.methods[0]"},
		"operation":         {"a name of the service's", Options{Allow: Rule{Operations: []string{Get, "Await"}}}, "nexus.allow.operations[1]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.options.Validate()
			var invalid *lro.InvalidError
			if tt.field == "" && err == nil {
				return
			}
			if !errors.As(err, &invalid) || invalid.Field != tt.field {
				t.Errorf("%s: %v, want an error for %q", tt.reason, err, tt.field)
			}
		})
	}
}
