package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/steps"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// The schemas of the runs. The second one's index is over a column that its table does not have.
var (
	goodSchema = []string{"CREATE TABLE t (id INT64, v INT64) PRIMARY KEY (id)", "CREATE INDEX byv ON t (v)"}
	badSchema  = []string{"CREATE TABLE t (id INT64, v INT64) PRIMARY KEY (id)", "CREATE INDEX byw ON t (w)"}
)

// cancelAfter is when the third run is canceled. By then the scripted Spanner has made the instance, and is making the
// database.
const cancelAfter = 7 * time.Second

// quickstart makes the three runs.
type quickstart struct {
	temporal client.Client
	cloud    *cloud
	out      *console.Console
}

// await prints the steps of a run until it ends, and returns its result.
func (q *quickstart) await(ctx context.Context, run client.WorkflowRun) (database spanner.Database, err error) {
	stop := steps.Show(ctx, q.temporal, run, q.out)
	err = run.Get(ctx, &database)
	stop()
	return database, err
}

// succeed runs the workflow, and all goes well. The result is the last response, which has the type of the resource.
func (q *quickstart) succeed(ctx context.Context) (client.WorkflowRun, error) {
	q.title("1. All goes well")
	run, err := q.start(ctx, q.cloud.order(goodSchema))
	if err != nil {
		return nil, err
	}
	database, err := q.await(ctx, run)
	if err != nil {
		return nil, err
	}
	q.out.Line("succeeded: %s is %s", database.Name, database.State)
	return run, nil
}

// fail runs the workflow, and its last step fails. The failure has the code and the details of the API, and the progress
// of the step. What exists is undone.
func (q *quickstart) fail(ctx context.Context) error {
	q.title("2. The schema fails: the database and the instance are undone")
	run, err := q.start(ctx, q.cloud.order(badSchema))
	if err != nil {
		return err
	}
	_, err = q.await(ctx, run)
	failure, ok := lro.AsFailure(err)
	if !ok || failure.Type != lro.TypeOperationFailed && failure.Type != lro.TypeStartFailed {
		return fmt.Errorf("the schema did not fail as it should: %w", err)
	}
	q.out.Line("failed:    %s: %s", failure.Type, failure.Status())
	if bad, ok := lro.Detail[*errdetails.BadRequest](err); ok {
		for _, v := range bad.GetFieldViolations() {
			q.out.Line("           %s: %s", v.GetField(), v.GetDescription())
		}
	}
	if progress := lro.ProgressOf(failure.Operation.Metadata); progress.Statements > 0 {
		q.out.Line("           %d of %d statements were committed before", progress.Committed, progress.Statements)
	}
	return nil
}

// cancel runs the workflow, and cancels it. The operation in flight is canceled, and what exists is undone.
func (q *quickstart) cancel(ctx context.Context) error {
	q.title(fmt.Sprintf("3. The workflow is canceled after %s", cancelAfter))
	run, err := q.start(ctx, q.cloud.order(goodSchema))
	if err != nil {
		return err
	}
	canceling := time.AfterFunc(cancelAfter, func() {
		err := q.temporal.CancelWorkflow(ctx, run.GetID(), run.GetRunID())
		var ended *serviceerror.NotFound
		if err != nil && !errors.As(err, &ended) {
			q.out.Line("cancel:    %v", err)
		}
	})
	defer canceling.Stop()
	database, err := q.await(ctx, run)
	switch {
	case err == nil:
		q.out.Line("succeeded: %s: it had ended before the cancel", database.Name)
	case temporal.IsCanceledError(err):
		q.out.Line("canceled:  nothing is left")
	default:
		return err
	}
	return nil
}
