package provision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"
)

// LoadRowsName is the registered name of [Rows.Load].
const LoadRowsName = "provision.LoadRows"

// Registry is what a worker offers.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers the workflow and its activity.
func Register(registry Registry, client *api.Service) {
	registry.RegisterWorkflowWithOptions(Workflow, workflow.RegisterOptions{Name: Name})
	registry.RegisterActivityWithOptions(Rows{client}.Load, activity.RegisterOptions{Name: LoadRowsName})
}

// Rows loads data: no operation, but an ordinary activity of the user's.
type Rows struct{ client *api.Service }

// RowsInput says what to load.
type RowsInput struct {
	Database string `json:"database"`
	Unique   bool   `json:"unique"`
}

// Load inserts or updates two rows of table t. It may be tried again.
func (r Rows) Load(ctx context.Context, in RowsInput) error {
	second := "7"
	if in.Unique {
		second = "8"
	}
	sessions := r.client.Projects.Instances.Databases.Sessions
	session, err := sessions.Create(in.Database, &api.CreateSessionRequest{}).Context(ctx).Do()
	var refused *googleapi.Error
	if errors.As(err, &refused) && refused.Code == http.StatusNotFound { // the database is there
		return temporal.NewNonRetryableApplicationError(
			"this Spanner has no sessions, so it holds no rows: it is scripted, as that of awaitop dev; the emulator and the cloud hold rows", "NoRows", err)
	}
	if err != nil {
		return fmt.Errorf("create a session of %s: %w", in.Database, err)
	}
	_, err = sessions.Commit(session.Name, &api.CommitRequest{
		SingleUseTransaction: &api.TransactionOptions{ReadWrite: &api.ReadWrite{}},
		Mutations: []*api.Mutation{{InsertOrUpdate: &api.Write{
			Table: "t", Columns: []string{"id", "v"}, Values: [][]any{{"1", "7"}, {"2", second}},
		}}},
	}).Context(ctx).Do()
	if err != nil {
		return fmt.Errorf("insert into %s: %w", in.Database, err)
	}
	return nil
}

// loadRows loads rows into the first database, if that is asked for.
func (in Input) loadRows(ctx workflow.Context) error {
	if !in.LoadRows {
		return nil
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 5},
	})
	return workflow.ExecuteActivity(ctx, LoadRowsName, RowsInput{Database: in.database(0), Unique: in.UniqueRows}).Get(ctx, nil)
}
