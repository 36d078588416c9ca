package generated_test

import (
	"testing"
	"time"

	"cloud.google.com/go/spanner/admin/database/apiv1/databasepb"
	"cloud.google.com/go/spanner/admin/instance/apiv1/instancepb"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const (
	instance = "projects/p/instances/orders"
	database = instance + "/databases/orders"
)

// run runs a workflow against a scripted Spanner, whose operations take a minute.
func run(t *testing.T, function func(ctx workflow.Context) error) error {
	t.Helper()
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance": {{RunsFor: time.Minute}},
	}})
	env.ExecuteWorkflow(function)
	return env.GetWorkflowError()
}

// TestMessages: each resource goes in and comes back as the message that it is.
func TestMessages(t *testing.T) {
	t.Parallel()
	err := run(t, func(ctx workflow.Context) error {
		made, err := workflows.Run(ctx, nil, spanner.CreateInstanceProto(instance, &instancepb.Instance{
			Config: "projects/p/instanceConfigs/c", DisplayName: "orders", ProcessingUnits: 100, Edition: instancepb.Instance_ENTERPRISE,
		}))
		if err != nil {
			return err
		}
		if made.GetDisplayName() != "orders" || made.GetEdition() != instancepb.Instance_ENTERPRISE || made.GetState() != instancepb.Instance_READY {
			t.Errorf("made %v", made)
		}
		changed, err := workflows.Run(ctx, nil, spanner.UpdateInstanceProto(instance, []string{"processing_units"}, &instancepb.Instance{ProcessingUnits: 500}))
		if err != nil {
			return err
		}
		if changed.GetProcessingUnits() != 500 || changed.GetDisplayName() != "orders" {
			t.Errorf("changed to %v", changed)
		}
		// A conversion gives the step of a struct a message as its result.
		held, err := workflows.Run(ctx, nil, workflows.Step[*databasepb.Database](spanner.CreateDatabase(database, spanner.DatabaseOptions{})))
		if err != nil {
			return err
		}
		if held.GetName() != database || held.GetState() != databasepb.Database_READY {
			t.Errorf("made %v", held)
		}
		backup, err := workflows.Run(ctx, nil, spanner.CreateBackupProto(instance+"/backups/b", &databasepb.Backup{
			Database: database, ExpireTime: timestamppb.New(workflow.Now(ctx).Add(24 * time.Hour)),
		}))
		if err == nil && backup.GetDatabase() != database {
			t.Errorf("backed up %v", backup)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestWrongMessage: a message of another method is refused before anything is sent, and a
// result of another type fails the step.
func TestWrongMessage(t *testing.T) {
	t.Parallel()
	err := run(t, func(ctx workflow.Context) error {
		_, err := workflows.Run(ctx, nil, spanner.CreateInstanceProto(instance, &databasepb.Database{Name: database}))
		return err
	})
	if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != "request" {
		t.Errorf("refuses %q", f.Field)
	}
	err = run(t, func(ctx workflow.Context) error {
		_, err := workflows.Run(ctx, nil, workflows.Step[*databasepb.Database](spanner.CreateInstance(instance, spanner.Instance{})))
		return err
	})
	testsuite.AssertFailure(t, err, lro.TypeProtocolError, lro.CodeUnknown)
}

// TestBareName: an id is no name.
func TestBareName(t *testing.T) {
	t.Parallel()
	err := run(t, func(ctx workflow.Context) error {
		_, err := workflows.Run(ctx, nil, spanner.CreateInstance("orders", spanner.Instance{}))
		return err
	})
	testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
}

// TestSameChange: without a saga, which would refuse the name, a second change under one
// name is a change of its own.
func TestSameChange(t *testing.T) {
	t.Parallel()
	err := run(t, func(ctx workflow.Context) error {
		if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{ProcessingUnits: 100})); err != nil {
			return err
		}
		for _, units := range []int{500, 1000} {
			var outcome workflows.StepOutcome
			step := spanner.UpdateInstance(instance, []string{"processingUnits"}, spanner.Instance{ProcessingUnits: units})
			step.Outcome = &outcome
			changed, err := workflows.Run(ctx, nil, step)
			if err != nil {
				return err
			}
			if changed.ProcessingUnits != units || outcome.Adopted {
				t.Errorf("changed to %d, adopted: %t; want %d", changed.ProcessingUnits, outcome.Adopted, units)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSchemaChange: a change needs a name and a statement.
func TestSchemaChange(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]spanner.SchemaChange{
		"schemaChange.name":       {Name: "CREATE TABLE T (Id INT64) PRIMARY KEY (Id)", Statements: []string{"CREATE INDEX X ON T (Id)"}},
		"schemaChange.statements": {Name: "step"},
	} {
		err := run(t, func(ctx workflow.Context) error {
			_, err := workflows.Run(ctx, nil, spanner.UpdateDatabaseDdl(database, change))
			return err
		})
		if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != field {
			t.Errorf("refuses %q, want %q", f.Field, field)
		}
	}
}
