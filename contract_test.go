package awaitop_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/internal/gosource"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// TestContract wants every name and payload field that programs of others rely on to be the one in
// testdata/contract.txt, where they stand in one place. The golden files of the packages hold the payloads' values.
func TestContract(t *testing.T) {
	t.Parallel()
	golden.Text(t, "contract.txt", contract(t))
}

// Waits are looked for by the name that RunOperations answer to.
func TestRunQuery(t *testing.T) {
	t.Parallel()
	if awaiters.RunQuery != workflows.RunQuery {
		t.Errorf("package awaiters asks %s, and runs answer %s", awaiters.RunQuery, workflows.RunQuery)
	}
}

// contract is the text of the golden file.
func contract(t *testing.T) string {
	registered, source := registered(t), constants{t, gosource.NewModule(".")}
	var out strings.Builder
	for _, section := range []struct {
		title string
		names []string
	}{
		{"workflows", registered.workflows},
		{"activities", registered.activities},
		{"queries and updates of " + workflows.AwaitOperationName, []string{
			workflows.StatusQuery, workflows.PollNowUpdate, workflows.SetPolicyUpdate, workflows.SetDeadlineUpdate,
			workflows.CancelUpdate, workflows.AbandonUpdate,
		}},
		{"operations of the Nexus service " + nexusservice.Name, nexusservice.Operations()},
		{"query and update of " + workflows.RunOperationName, []string{workflows.RunQuery, workflows.UndoUpdate}},
		{"query of " + workflows.UndoOperationName, []string{workflows.RunQuery}},
		{"phases of a run", names(workflows.RunStarting, workflows.RunAwaiting, workflows.RunHolding, workflows.RunUndoing, workflows.RunEnded)},
		{"query of " + workflows.SweepName, []string{workflows.SweepQuery}},
		{"change ids of workflow code", []string{workflows.UndoChange, workflows.SweepWaitsChange, workflows.StartLookChange, workflows.RenewalChange, workflows.ReadTargetChange, workflows.ResultsChange}},
		{"fields of the memo of " + workflows.AwaitOperationName, []string{workflows.ObservedMemo}},
		{"fields of the memo of a workflow that the Nexus service has started", []string{nexusservice.CallerMemo}},
		{"fields of the memo of a workflow that undoes", []string{workflows.UndoMemo}},
		{"failure types, those with .CODE followed by a dot and a code of google.rpc", source.failureTypes()},
		{"error types of single activities and updates", []string{
			activities.CancelFailedType + ".CODE", activities.DeleteFailedType + ".CODE", starters.ReadFailedType + ".CODE",
			starters.RemoveFailedType + ".CODE", activities.YieldType, workflows.RefusedType, nexusservice.NotTakenType,
		}},
		{"states of an operation", source.values("lro", "State")},
		{"what became of a cancel", source.values("lro", "Cancellation")},
		{"what became of a delete", source.values("lro", "Deletion")},
		{"phases of a wait", source.values("workflows", "WaitPhase")},
		{"modes of a wait", source.values("control", "Mode")},
		{"policies", slices.Concat(
			source.values("workflows", "CancelPolicy"), source.values("workflows", "DeadlinePolicy"), source.values("workflows", "FailurePolicy"))},
		{"actions of a sweep", source.values("activities/orphans", "Action")},
		{"classes of what a sweep finds", source.values("activities/orphans", "Class")},
		{"what became of an action of a sweep, beside a cancel's answer", []string{workflows.SweepAdopted, workflows.SweepUndelivered, workflows.SweepFailed}},
		{"statuses of workflows", source.values("activities/orphans", "Status")},
		{"classes of errors", names(lro.Classes()...)},
		{"search attributes", []string{
			workflows.OperationAttribute.GetName(), workflows.StateAttribute.GetName(), workflows.PercentAttribute.GetName(),
		}},
		{"ids of workflows", []string{workflows.WorkflowID(lro.Ref{Service: "SERVICE", Name: "NAME"})}},
		{"metrics of workflow code", []string{workflows.WaitDurationMetric, workflows.CancelOutcomesMetric, workflows.UndoOutcomesMetric}},
		{"metrics, with their instruments and units", instruments(t)},
		{"attributes of metrics and spans", attributeKeys(t)},
		{"metrics that the dashboard and the alert rules read", lines(t, "monitoring/metrics.txt")},
	} {
		fmt.Fprintf(&out, "# %s\n%s\n\n", section.title, strings.Join(section.names, "\n"))
	}
	for _, file := range goldenFiles(t) {
		fmt.Fprintf(&out, "# fields of %s\n%s\n\n", file, strings.Join(fieldsOf(t, file), "\n"))
	}
	return out.String()
}

// constants are the constants of packages, as their source has them. So none is forgotten here.
type constants struct {
	t      *testing.T
	module *gosource.Module
}

// values are the constants of a type, in their order. There is at least one.
func (c constants) values(pkg, typeName string) []string {
	c.t.Helper()
	source, err := c.module.Package(module + "/" + pkg)
	if err != nil {
		c.t.Fatal(err)
	}
	values := source.Values(typeName)
	if len(values) == 0 {
		c.t.Fatalf("%s has no constant of the type %s", pkg, typeName)
	}
	return values
}

// failureTypes are the types as ApplicationErrors have them.
func (c constants) failureTypes() []string {
	var types []string
	for _, failure := range c.values("lro", "FailureType") {
		types = append(types, strings.Replace(lro.Failure{Type: lro.FailureType(failure)}.ErrorType(), lro.CodeUnknown.String(), "CODE", 1))
	}
	return types
}

// recorder is a worker's registry that only remembers names.
type recorder struct{ workflows, activities []string }

func (r *recorder) RegisterWorkflowWithOptions(_ any, options workflow.RegisterOptions) {
	r.workflows = append(r.workflows, options.Name)
}

func (r *recorder) RegisterActivityWithOptions(_ any, options activity.RegisterOptions) {
	r.activities = append(r.activities, options.Name)
}

// registered are the names that a worker registers, sorted.
func registered(t *testing.T) *recorder {
	t.Helper()
	client, err := rest.New(t.Context(), rest.Options{WithoutAuthentication: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	r := &recorder{}
	worker.Register(r, client, activities.Options{})
	slices.Sort(r.workflows)
	slices.Sort(r.activities)
	return r
}

// names are constants of a string type as strings.
func names[T ~string](values ...T) []string {
	var out []string
	for _, value := range values {
		out = append(out, string(value))
	}
	return out
}

// goldenFiles are the golden files of payloads.
func goldenFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, folder := range []string{"lro", "activities", "activities/orphans", "activities/starters", "internal/sets", "workflows", "control", "nexusservice"} {
		found, err := filepath.Glob(filepath.Join(folder, "testdata", "*.json"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s has no golden files: %v", folder, err)
		}
		files = append(files, found...)
	}
	return files
}

// fieldsOf are the paths of the fields in a JSON file, sorted.
func fieldsOf(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	paths := map[string]bool{}
	addPaths(paths, "", value)
	return slices.Sorted(maps.Keys(paths))
}

// opaque are fields whose content is the service's, not awaitop's.
var opaque = map[string]bool{"metadata": true, "response": true, "details": true, "request": true, "resource": true}

func addPaths(paths map[string]bool, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, field := range v {
			inner := strings.TrimPrefix(path+"."+name, ".")
			paths[inner] = true
			if !opaque[name] {
				addPaths(paths, inner, field)
			}
		}
	case []any:
		for _, element := range v {
			addPaths(paths, path+"[]", element)
		}
	}
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(raw))
}
