package spanner_test

import (
	"errors"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// TestUpdateDatabaseDdlName has statements where the step's name belongs: the first
// would be taken for the name, and never run.
func TestUpdateDatabaseDdlName(t *testing.T) {
	t.Parallel()
	const database = "projects/p/instances/i/databases/d"
	for name, tt := range map[string]struct {
		reason     string
		step       string
		statements []string
		field      string // "" for a step that can be run
	}{
		"named":          {"the usual", "index-by-name", []string{"CREATE INDEX x ON t (id)"}, ""},
		"version":        {"as schema tools number their changes", "2024.01_v2", []string{"CREATE INDEX x ON t (id)"}, ""},
		"forgotten":      {"the first of two statements", "CREATE TABLE t (id INT64) PRIMARY KEY (id)", []string{"CREATE INDEX x ON t (id)"}, "step.name"},
		"short":          {"a statement without parentheses", "DROP INDEX x", []string{"DROP TABLE t"}, "step.name"},
		"empty":          {"it is required", "", []string{"DROP TABLE t"}, "step.name"},
		"no statement":   {"nothing to run", "index-by-name", nil, "step.request.statements"},
		"statement only": {"a name is what is missing", "DROP TABLE t", nil, "step.name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := spanner.UpdateDatabaseDdl(database, tt.step, tt.statements...).Invalid
			var invalid *lro.InvalidError
			if errors.As(err, &invalid); (err == nil) != (tt.field == "") || invalid != nil && invalid.Field != tt.field {
				t.Errorf("%s: %v, want %q refused", tt.reason, err, tt.field)
			}
		})
	}
}
