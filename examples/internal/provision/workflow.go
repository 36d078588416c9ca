package provision

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Input says what to provision.
type Input struct {
	// Project is such as "projects/p"; Instance and Databases are ids in it.
	Project   string   `json:"project"`
	Instance  string   `json:"instance"`
	Config    string   `json:"config"`
	Units     int      `json:"units"` // of processing: 100, or a multiple
	Databases []string `json:"databases"`
	// Schema is each database's, Index the statement that needs its data.
	Schema []string `json:"schema"`
	Index  string   `json:"index"`
	// LoadRows inserts rows before the index; UniqueRows says that they differ.
	LoadRows   bool `json:"loadRows"`
	UniqueRows bool `json:"uniqueRows"`
	// Backup is the id of the first database's backup, "" for none.
	Backup string `json:"backup,omitempty"`
	// Pace says how to wait.
	Pace Pace `json:"pace"`
}

// Pace is how patient the steps are. The zero value has awaitop's defaults.
type Pace struct {
	Policy         lro.PollPolicy `json:"policy"`
	Heartbeat      time.Duration  `json:"heartbeat"`
	AttemptTimeout time.Duration  `json:"attemptTimeout"`
	Quarantine     time.Duration  `json:"quarantine"`
	UndoWindow     time.Duration  `json:"undoWindow"`
}

// Summary is what was provisioned.
type Summary struct {
	Instance  spanner.Instance   `json:"instance"`
	Databases []spanner.Database `json:"databases"`
	// IndexCommits is when the index's statements committed.
	IndexCommits []time.Time `json:"indexCommits"`
	// Backup is the zero Backup if there is none.
	Backup spanner.Backup `json:"backup,omitzero"`
}

// Name is the workflow's registered name.
const Name = "provision"

// Workflow makes an instance, its databases side by side, their schemas side by side, an
// index over the rows of the first, and a backup of that. If one step fails or the
// workflow is canceled, nothing is left.
func Workflow(ctx workflow.Context, in Input) (made Summary, err error) {
	err = workflows.WithSaga(ctx, in.Pace.saga(), func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		made.Instance, err = workflows.Run(ctx, saga, spanner.CreateInstance(in.instance(), spanner.Instance{
			Config: in.Config, DisplayName: "awaitop provisioning", ProcessingUnits: in.Units,
		}))
		if err != nil {
			return err
		}
		if made.Databases, err = workflows.RunEach(ctx, saga, in.creates()...); err != nil {
			return err
		}
		if err := workflows.RunAll(ctx, saga, in.schemas()...); err != nil {
			return err
		}
		if err := in.loadRows(ctx); err != nil {
			return err
		}
		index, err := workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(in.database(0), spanner.SchemaChange{
			Name: "index", Statements: []string{in.Index},
		}))
		if made.IndexCommits = index.CommitTimestamps; err != nil || in.Backup == "" {
			return err
		}
		made.Backup, err = workflows.Run(ctx, saga, spanner.CreateBackup(in.backup(), spanner.Backup{
			Database: in.database(0), ExpireTime: workflow.Now(ctx).Add(24 * time.Hour),
		}))
		return err
	})
	return made, err
}

// creates are the steps that make the databases.
func (in Input) creates() (steps []workflows.Step[spanner.Database]) {
	for i := range in.Databases {
		steps = append(steps, spanner.CreateDatabase(in.database(i), spanner.DatabaseOptions{}))
	}
	return steps
}

// schemas are the steps that give each database its schema.
func (in Input) schemas() (steps []workflows.AnyStep) {
	for i := range in.Databases {
		steps = append(steps, spanner.UpdateDatabaseDdl(in.database(i), spanner.SchemaChange{Name: "schema", Statements: in.Schema}))
	}
	return steps
}

func (in Input) instance() string      { return in.Project + "/instances/" + in.Instance }
func (in Input) database(i int) string { return in.instance() + "/databases/" + in.Databases[i] }
func (in Input) backup() string        { return in.instance() + "/backups/" + in.Backup }

// saga is how all steps are run and undone.
func (p Pace) saga() workflows.SagaOptions {
	return workflows.SagaOptions{
		Steps: workflows.StepOptions{
			Await:          workflows.AwaitOptions{Policy: p.Policy, HeartbeatTimeout: p.Heartbeat},
			AttemptTimeout: p.AttemptTimeout,
			Quarantine:     p.Quarantine,
		},
		UndoWindow: p.UndoWindow,
	}
}
