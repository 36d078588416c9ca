package histories

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Steps is the input of the workflows that run steps.
type Steps struct {
	Instance string // its resource name; databases are made in it
	Saga     workflows.SagaOptions
	// Fail makes the workflow fail after its steps, so that they are undone.
	Fail bool
	// Compensation is how long each of the caller's own compensations takes.
	Compensation []time.Duration
	// OnFailure is that of steps side by side.
	OnFailure workflows.FailurePolicy
}

var errFail = errors.New("as the input says")

// Sequence runs steps one after the other in a saga: an instance, compensations of its own,
// a database, and a schema change, which another schema change compensates.
func Sequence(ctx workflow.Context, in Steps) (string, error) {
	err := workflows.WithSaga(ctx, in.Saga, func(ctx workflow.Context, saga *workflows.Saga) error {
		instance := spanner.CreateInstance(in.Instance, spanner.Instance{})
		instance.Get = names.GetInstance // of an operation without a response
		if _, err := workflows.Run(ctx, saga, instance); err != nil {
			return err
		}
		if err := in.compensate(saga); err != nil {
			return err
		}
		database := in.Instance + "/databases/orders"
		if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(database, spanner.DatabaseOptions{})); err != nil {
			return err
		}
		add := spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{Name: "add", Statements: []string{"CREATE INDEX X ON T (A)"}})
		add.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
			drop := spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{Name: "drop", Statements: []string{"DROP INDEX X"}})
			_, err := workflows.Run(ctx, nil, drop)
			return err
		}
		if _, err := workflows.Run(ctx, saga, add); err != nil {
			return err
		}
		return in.fail()
	})
	return end("", err), nil
}

// SideBySide runs steps side by side in a saga: four databases of an instance, two of which
// are awaited with options of their own.
func SideBySide(ctx workflow.Context, in Steps) (string, error) {
	err := workflows.WithSaga(ctx, in.Saga, func(ctx workflow.Context, saga *workflows.Saga) error {
		if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(in.Instance, spanner.Instance{})); err != nil {
			return err
		}
		steps := in.databases()
		for i := range steps[2:] {
			steps[2+i].Await.Timeout = time.Hour
		}
		var made spanner.Database
		options := workflows.RunAllOptions{OnFailure: in.OnFailure}
		if err := workflows.RunAllWithOptions(ctx, saga, options, steps[0].Into(&made), steps[1], steps[2], steps[3]); err != nil {
			return err
		}
		return in.fail()
	})
	return end("", err), nil
}

// Each makes databases of an instance that is there, side by side in two ways, outside of a
// saga.
func Each(ctx workflow.Context, in Steps) (string, error) {
	if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(in.Instance, spanner.Instance{})); err != nil {
		return end("", err), nil
	}
	steps := in.databases()
	if _, err := workflows.RunEach(ctx, nil, steps[:2]...); err != nil {
		return end("", err), nil
	}
	run := func(i int) func(workflow.Context) error {
		return func(ctx workflow.Context) error {
			_, err := workflows.Run(ctx, nil, steps[i])
			return err
		}
	}
	err := workflows.Parallel(ctx, run(2))
	return end("", errors.Join(err, workflows.ParallelWithOptions(ctx, workflows.ParallelOptions{Window: 1}, run(3)))), nil
}

func (in Steps) databases() []workflows.Step[spanner.Database] {
	var steps []workflows.Step[spanner.Database]
	for _, id := range []string{"orders", "stock", "reports", "archive"} {
		step := spanner.CreateDatabase(in.Instance+"/databases/"+id, spanner.DatabaseOptions{})
		step.StepOptions = in.Saga.Steps
		steps = append(steps, step)
	}
	return steps
}

// compensate adds the caller's own compensations.
func (in Steps) compensate(saga *workflows.Saga) error {
	for _, takes := range in.Compensation {
		if err := saga.Add("a note", func(ctx workflow.Context) error { return workflow.Sleep(ctx, takes) }); err != nil {
			return err
		}
	}
	return nil
}

func (in Steps) fail() error {
	if in.Fail {
		return errFail
	}
	return nil
}
