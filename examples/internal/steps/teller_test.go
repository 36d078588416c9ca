package steps_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/examples/internal/steps"
)

// duration is how long a step took, which differs each time that histories are recorded.
var duration = regexp.MustCompile(`[0-9.]+ s$`)

// The lines of recorded histories. Those of steps side by side come in any order.
func TestTeller(t *testing.T) {
	t.Parallel()
	made := []string{
		"CreateInstance i0: started", "CreateInstance i0: done in N s",
		"CreateDatabase one: started", "CreateDatabase one: done in N s",
		"CreateDatabase two: started", "CreateDatabase two: done in N s",
		"UpdateDatabaseDdl one schema: started", "UpdateDatabaseDdl one schema: done in N s",
		"UpdateDatabaseDdl two schema: started", "UpdateDatabaseDdl two schema: done in N s",
		"UpdateDatabaseDdl one index: started", "UpdateDatabaseDdl one index: done in N s",
		"CreateBackup b: started",
	}
	undone := []string{
		"undo CreateDatabase two: dropped", "undo CreateDatabase one: dropped", "undo CreateInstance i0: deleted",
	}
	denied := " was not deleted: PERMISSION_DENIED: the caller does not have permission"
	for name, want := range map[string][]string{
		"provision_succeeded": slices.Concat(made, []string{"CreateBackup b: done in N s"}),
		"provision_failed":    slices.Concat(made, []string{"CreateBackup b: failed: INTERNAL: no", "undo CreateBackup b: nothing is there"}, undone),
		"provision_not_undone": slices.Concat(made, []string{
			"CreateBackup b: failed: INTERNAL: no", "undo CreateBackup b: nothing is there",
			"undo CreateDatabase two: failed: projects/p/instances/i0/databases/two" + denied,
			"undo CreateDatabase one: failed: projects/p/instances/i0/databases/one" + denied,
			"undo CreateInstance i0: deleted",
		}),
		"provision_canceled": slices.Concat(made, []string{
			"the workflow is canceled: ", "CreateBackup b: being canceled", "CreateBackup b: canceled", "undo CreateBackup b: nothing is there",
		}, undone),
		"provision_canceled_start": slices.Concat(made, []string{
			"CreateBackup b: to be started again: the service is currently unavailable", "the workflow is canceled: ",
		}, undone),
		"provision_sibling": {
			"CreateInstance i0: started", "CreateInstance i0: done in N s",
			"CreateDatabase one: started", "CreateDatabase two: started",
			"CreateDatabase two: failed: INTERNAL: no", "CreateDatabase one: being canceled", "CreateDatabase one: canceled",
			"undo CreateDatabase two: nothing is there", "undo CreateDatabase one: nothing is there", "undo CreateInstance i0: deleted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := told(t, name)
			if slices.Contains(got, "CreateDatabase one: failed: INTERNAL: no") { // they run side by side: either may fail
				want = exchanged(want, "Database one", "Database two")
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// exchanged has each name in place of the other.
func exchanged(lines []string, a, b string) []string {
	names := strings.NewReplacer(a, b, b, a)
	var all []string
	for _, line := range lines {
		all = append(all, names.Replace(line))
	}
	return all
}

// told are the lines of a recorded history, sorted.
func told(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "provisioning", "provision", "testdata", "histories", "unreleased", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	recorded, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var teller steps.Teller
	var lines []string
	for _, event := range recorded.GetEvents() {
		for _, line := range teller.Tell(event) {
			lines = append(lines, line.Name+": "+duration.ReplaceAllString(line.What, "N s"))
		}
	}
	slices.Sort(lines)
	return lines
}
