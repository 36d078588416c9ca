package provision

import (
	"fmt"
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

func (in Input) instance() string          { return in.Project + "/instances/" + in.Instance }
func (in Input) database(id string) string { return in.instance() + "/databases/" + id }
func (in Input) backup() string            { return in.instance() + "/backups/" + in.Backup }
func (in Input) paced(s workflows.Step) workflows.Step {
	s.Await.Policy, s.Await.HeartbeatTimeout = in.Pace.Policy, in.Pace.Heartbeat
	s.AttemptTimeout, s.Quarantine = in.Pace.AttemptTimeout, in.Pace.Quarantine
	return s
}

// Workflow provisions, or leaves nothing behind.
func Workflow(ctx workflow.Context, in Input) (summary Summary, err error) {
	saga := workflows.NewSaga(ctx, workflows.SagaOptions{UndoWindow: in.Pace.UndoWindow})
	defer saga.Close(&err)

	instance, err := workflows.Run[spanner.Instance](ctx, saga, in.paced(spanner.CreateInstance(in.instance(), spanner.Instance{
		Config: in.Config, DisplayName: "awaitop provisioning", ProcessingUnits: in.Units,
	})))
	if err != nil {
		return summary, err
	}
	summary.Instance = instance.Response

	summary.Databases = make([]spanner.Database, len(in.Databases))
	var each []func(workflow.Context) error
	for i, id := range in.Databases {
		each = append(each, func(ctx workflow.Context) (err error) {
			summary.Databases[i], err = in.makeDatabase(ctx, saga, in.database(id))
			return err
		})
	}
	if err := workflows.Parallel(ctx, each...); err != nil {
		return summary, err
	}

	first := in.database(in.Databases[0])
	if err := in.load(ctx, first); err != nil {
		return summary, err
	}
	index, err := workflows.Run[struct{}](ctx, saga, in.paced(spanner.UpdateDatabaseDdl(first, "index", in.Index)))
	if err != nil {
		return summary, err
	}
	if summary.IndexCommits, err = commits(index.Outcome); err != nil || in.Backup == "" {
		return summary, err
	}

	backup, err := workflows.Run[spanner.Backup](ctx, saga, in.paced(spanner.CreateBackup(in.backup(), spanner.Backup{
		Database: first, ExpireTime: workflow.Now(ctx).Add(24 * time.Hour),
	})))
	summary.Backup = backup.Response
	return summary, err
}

// makeDatabase makes a database and gives it its schema.
func (in Input) makeDatabase(ctx workflow.Context, saga *workflows.Saga, name string) (spanner.Database, error) {
	database, err := workflows.Run[spanner.Database](ctx, saga, in.paced(spanner.CreateDatabase(name, nil)))
	if err != nil {
		return spanner.Database{}, err
	}
	_, err = workflows.Run[struct{}](ctx, saga, in.paced(spanner.UpdateDatabaseDdl(name, "schema", in.Schema...)))
	return database.Response, err
}

// commits reads when a schema change's statements committed.
func commits(outcome lro.Outcome) ([]time.Time, error) {
	metadata, err := lro.Decode[struct {
		CommitTimestamps []time.Time `json:"commitTimestamps"`
	}](outcome.Operation.Metadata)
	if err != nil {
		return nil, fmt.Errorf("the schema change's metadata: %w", err)
	}
	return metadata.CommitTimestamps, nil
}
