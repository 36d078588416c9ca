package main

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner" // not cloud.google.com/go/spanner
)

// Order says what to provision.
type Order struct {
	Instance string   `json:"instance"` // such as projects/p/instances/orders
	Config   string   `json:"config"`   // such as projects/p/instanceConfigs/regional-us-central1
	Schema   []string `json:"schema"`   // statements for the database
}

// Provision makes an instance, a database in it, and the database's schema. If a step fails or the workflow is
// canceled, it undoes what exists.
func Provision(ctx workflow.Context, order Order) (database spanner.Database, err error) {
	err = workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		instance := spanner.Instance{Config: order.Config, DisplayName: "orders", ProcessingUnits: 100}
		if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(order.Instance, instance)); err != nil {
			return err
		}
		name := order.Instance + "/databases/orders"
		database, err = workflows.Run(ctx, saga, spanner.CreateDatabase(name, spanner.DatabaseOptions{}))
		if err != nil {
			return err
		}
		schema := spanner.SchemaChange{Name: "schema", Statements: order.Schema}
		_, err = workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(name, schema))
		return err
	})
	return database, err
}
