package google_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// An operation names what it has made in its response or metadata, in the words of its service.
func TestMade(t *testing.T) {
	t.Parallel()
	const (
		indexes = "projects/p/databases/d/collectionGroups/orders/indexes"
		backups = "projects/p/backups"
		rules   = "locations/global/firewallPolicies"
	)
	rows := map[string]struct {
		reason, collection string
		response, metadata string
		want               string // "" for an error
	}{
		"the response":            {"it is the resource", indexes, `{"name": "` + indexes + `/i", "state": "READY"}`, "", indexes + "/i"},
		"a number of the project": {"the same project", indexes, `{"name": "` + strings.Replace(indexes, "/p/", "/123/", 1) + `/i"}`, "", strings.Replace(indexes, "/p/", "/123/", 1) + "/i"},
		"another project":         {"it is none of ours", indexes, `{"name": "` + strings.Replace(indexes, "/p/", "/q/", 1) + `/i"}`, "", ""},
		"the metadata":            {"Firestore's has the index", indexes, `{}`, `{"index": "` + indexes + `/i", "state": "SUCCESSFUL"}`, indexes + "/i"},
		"an object in it":         {"Cloud SQL's has the backup, and a link to its instance", backups, "", `{"targetLink": "https://sqladmin.googleapis.com/v1/projects/p/instances/i", "backupContext": {"name": "` + backups + `/b"}}`, backups + "/b"},
		"a link":                  {"Compute Engine's, behind host and version", rules, "", `{"targetLink": "https://www.googleapis.com/compute/v1/` + rules + `/12"}`, rules + "/12"},
		"the same twice":          {"it is one name", indexes, "", `{"index": "` + indexes + `/i", "target": "` + indexes + `/i"}`, indexes + "/i"},
		"two names":               {"which one?", indexes, "", `{"index": "` + indexes + `/i", "target": "` + indexes + `/j"}`, ""},
		"something in it":         {"a name below is another resource", indexes, `{"name": "` + indexes + `/i/fields/f"}`, "", ""},
		"the collection":          {"it is no resource", indexes, `{"name": "` + indexes + `/"}`, `{"target": "` + indexes + `"}`, ""},
		"no object":               {"it has no name", indexes, `["` + indexes + `/i"]`, `1`, ""},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome := lro.Outcome{Operation: lro.Operation{Done: true, Response: []byte(row.response), Metadata: []byte(row.metadata)}}
			got, err := google.Made(nil, row.collection, outcome) // it reads nothing
			if got != row.want || (err == nil) != (row.want != "") {
				t.Errorf("%s: %q, %v, want %q", row.reason, got, err, row.want)
			}
		})
	}
}

// The undo of a step of a set has no response: the operation is read for it.
func TestMadeInASet(t *testing.T) {
	t.Parallel()
	const create, indexes = "firestore.projects.databases.collectionGroups.indexes.create", "projects/p/databases/d/collectionGroups/orders/indexes"
	env := testsuite.NewEnv(t, testsuite.Options{Service: "firestore.googleapis.com"})
	env.Put("projects/p/databases/d", nil)
	made := ""
	env.ExecuteWorkflow(inSaga(func(ctx workflow.Context, saga *workflows.Saga) error {
		step := google.StartRequest[struct{}](create, indexes, google.Request{MayStartTwice: true})
		return workflows.RunAll(ctx, saga, step.UndoneBy(func(ctx workflow.Context, outcome lro.Outcome) (err error) {
			made, err = google.Made(ctx, indexes, outcome)
			return err
		}))
	}))
	if err := env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "an undo") {
		t.Errorf("the workflow ended in %v", err)
	}
	if !env.Exists(made) {
		t.Errorf("%q is not what the step has made", made)
	}
}

// After a lost reply the operation is found by what it has made, whose id the step does not know.
func TestMadeOnce(t *testing.T) {
	t.Parallel()
	const create = "sql.Backups.CreateBackup"
	env := testsuite.NewEnv(t, testsuite.Options{
		Service: cloudSQL, Faults: []testsuite.Fault{testsuite.LostReply().On(create).Times(1)},
		Plans: map[testsuite.Method][]testsuite.Script{create: {{RunsFor: 5 * time.Minute}}},
	})
	succeed(t, env, func(ctx workflow.Context) error {
		_, err := workflows.Run(ctx, nil, google.Start[struct{}](create, "projects/p/backups", nil))
		return err
	})
	env.AssertStarted(t, create, "", 1)
}
