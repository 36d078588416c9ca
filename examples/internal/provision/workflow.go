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

// paced is a step that is awaited by itself.
func (in Input) paced(s workflows.Step) workflows.Step {
	s = in.together(s)
	s.Await = in.await()
	return s
}

// together is a step that is awaited along with others, by all.
func (in Input) together(s workflows.Step) workflows.Step {
	s.AttemptTimeout, s.Quarantine = in.Pace.AttemptTimeout, in.Pace.Quarantine
	return s
}

func (in Input) all() workflows.AwaitAllOptions {
	return workflows.AwaitAllOptions{AwaitOptions: in.await()}
}

func (in Input) await() workflows.AwaitOptions {
	return workflows.AwaitOptions{Policy: in.Pace.Policy, HeartbeatTimeout: in.Pace.Heartbeat}
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

	if summary.Databases, err = in.makeDatabases(ctx, saga); err != nil {
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

// makeDatabases makes the databases side by side, and then gives each its schema.
func (in Input) makeDatabases(ctx workflow.Context, saga *workflows.Saga) ([]spanner.Database, error) {
	var creates, schemas []workflows.Step
	for _, id := range in.Databases {
		name := in.database(id)
		creates = append(creates, in.together(spanner.CreateDatabase(name, nil)))
		schemas = append(schemas, in.together(spanner.UpdateDatabaseDdl(name, "schema", in.Schema...)))
	}
	made, err := workflows.RunAll[spanner.Database](ctx, saga, in.all(), creates...)
	if err != nil {
		return nil, err
	}
	var databases []spanner.Database
	for _, result := range made {
		databases = append(databases, result.Response)
	}
	_, err = workflows.RunAll[struct{}](ctx, saga, in.all(), schemas...)
	return databases, err
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
