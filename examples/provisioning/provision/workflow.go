package provision

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Workflow makes an instance, then its databases side by side, then their schemas side by
// side. It loads rows into the first database, makes an index over them, and then a
// backup. If a step fails or the workflow is canceled, nothing is left.
func Workflow(ctx workflow.Context, in Input) (made Summary, err error) {
	err = workflows.WithSaga(ctx, in.Pace.saga(), func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		made.Instance, err = workflows.Run(ctx, saga, spanner.CreateInstance(in.instance(), spanner.Instance{
			Config: in.Config, DisplayName: "awaitop provisioning", ProcessingUnits: in.Units,
		}))
		if err != nil {
			return err
		}
		if made.Databases, err = workflows.RunEach(ctx, saga, in.createDatabases()...); err != nil {
			return err
		}
		if err = workflows.RunAll(ctx, saga, in.applySchemas()...); err != nil {
			return err
		}
		if err = in.loadRows(ctx); err != nil {
			return err
		}
		index, err := workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(in.database(0), spanner.SchemaChange{
			Name: "index", Statements: []string{in.Index},
		}))
		if err != nil {
			return err
		}
		made.IndexCommits = index.CommitTimestamps
		if in.Backup == "" {
			return nil
		}
		made.Backup, err = workflows.Run(ctx, saga, spanner.CreateBackup(in.backup(), spanner.Backup{
			Database: in.database(0), ExpireTime: workflow.Now(ctx).Add(24 * time.Hour),
		}))
		return err
	})
	return made, err
}

// createDatabases are steps that make the databases.
func (in Input) createDatabases() (steps []workflows.Step[spanner.Database]) {
	for i := range in.Databases {
		steps = append(steps, spanner.CreateDatabase(in.database(i), spanner.DatabaseOptions{}))
	}
	return steps
}

// applySchemas are steps that give each database its schema.
func (in Input) applySchemas() (steps []workflows.AnyStep) {
	change := spanner.SchemaChange{Name: "schema", Statements: in.Schema}
	for i := range in.Databases {
		steps = append(steps, spanner.UpdateDatabaseDdl(in.database(i), change))
	}
	return steps
}
