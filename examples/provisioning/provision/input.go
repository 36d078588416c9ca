package provision

import (
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Name is the workflow's registered name.
const Name = "provision"

// Input says what to provision.
type Input struct {
	// Project is such as "projects/p"; Instance and Databases are ids in it.
	Project   string   `json:"project"`
	Instance  string   `json:"instance"`
	Config    string   `json:"config"`
	Units     int      `json:"units"` // of processing: 100, or a multiple
	Databases []string `json:"databases"`
	// Schema is each database's, Index the statement that needs the first one's data.
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
	NotFoundGrace  time.Duration  `json:"notFoundGrace"`
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

func (in Input) instance() string      { return in.Project + "/instances/" + in.Instance }
func (in Input) database(i int) string { return in.instance() + "/databases/" + in.Databases[i] }
func (in Input) backup() string        { return in.instance() + "/backups/" + in.Backup }

// saga is how the steps are run and undone.
func (p Pace) saga() workflows.SagaOptions {
	return workflows.SagaOptions{
		Steps: workflows.StepOptions{
			Await:          workflows.AwaitOptions{Policy: p.Policy, HeartbeatTimeout: p.Heartbeat, NotFoundGrace: p.NotFoundGrace},
			AttemptTimeout: p.AttemptTimeout,
			Quarantine:     p.Quarantine,
		},
		UndoWindow: p.UndoWindow,
	}
}
