package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckBeginning(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		segments string
		want     string // in the error, "" for none
	}{
		"service":         {"all that a service has", "spanner", ""},
		"segments":        {"they end at a dot", "spanner.projects.instances", ""},
		"id":              {"it begins itself", "spanner.projects.instances.create", ""},
		"part of one":     {"it is near", "spanner.projects.instance", `did you mean "spanner.projects.instances"?`},
		"letters swapped": {"it is near", "spanner.projetcs", `did you mean "spanner.projects"?`},
		"another verb":    {"no start", "spanner.projects.instances.get", `after "spanner.projects.instances" comes one of backups, create, `},
		"below an id":     {"an id is whole", "spanner.projects.instances.create.anything", `"spanner.projects.instances.create" is a whole id`},
		"service's name":  {"its ids begin otherwise", "sqladmin.instances", `begin with that`},
		"no service":      {"it is near", "spaner.projects", `did you mean "spanner"?`},
		"empty":           {"nothing begins so", "", "no service of this name"},
		"dot":             {"the last segment is empty", "spanner.", `did you mean "spanner"?`},
		"no methods":      {"a service may start nothing", "webrisk", "webrisk has no method that starts an operation"},
		"below none":      {"it starts nothing there either", "gkemulticloud.projects.locations", "gkemulticloud has no method that starts an operation"},
		"version":         {"versions have the same ids", "spanner/v1:spanner.projects", "no service of this name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckBeginning(tt.segments)
			var lacking *Error
			if tt.want == "" && err == nil {
				return
			}
			if !errors.As(err, &lacking) || tt.want == "" || !strings.Contains(lacking.Want+lacking.Problem, tt.want) {
				t.Errorf("%s: %v, want %q", tt.reason, err, tt.want)
			}
		})
	}
}
