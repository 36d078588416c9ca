package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// thousandsOf is how many steps TestThousands runs and undoes. With 0 the server's limits
// and the saga's are a hundredth to a thirtieth of their defaults, and so are the steps.
var thousandsOf = flag.Int("thousands", 0, "`number` of steps to run and undo within Temporal's own limits; 0 lowers the limits")

// manySteps is the input of runMany.
type manySteps struct {
	Steps    int  // databases, in one RunAll
	Then     int  // databases in a second RunAll, more than the history has room for
	OneByOne bool // by Run, each after the other
	Saga     workflows.SagaOptions
	Window   int // of RunAll
	Request  int // bytes of each database's request
}

const manyInstance = "projects/p/instances/i"

var errUndoAll = errors.New("undo it all")

// runMany makes an instance with many databases, and undoes it all.
func runMany(ctx workflow.Context, in manySteps) error {
	in.Saga.Steps.Await.Policy = brisk
	in.Saga.Steps.AttemptTimeout = 5 * time.Minute // on a busy machine a look at thousands of operations takes its time
	return workflows.WithSaga(ctx, in.Saga, func(ctx workflow.Context, saga *workflows.Saga) error {
		if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(manyInstance, spanner.Instance{})); err != nil {
			return err
		}
		made := 0
		for _, n := range []int{in.Steps, in.Then} {
			steps := make([]workflows.Step[struct{}], n)
			for i := range steps {
				steps[i] = untyped(spanner.CreateDatabase(fmt.Sprintf("%s/databases/d%d", manyInstance, made), spanner.DatabaseOptions{
					ExtraStatements: []string{strings.Repeat("x", in.Request)},
				}))
				made++
			}
			if err := runThem(ctx, saga, in, steps); err != nil {
				return err
			}
		}
		return errUndoAll
	})
}

func runThem(ctx workflow.Context, saga *workflows.Saga, in manySteps, steps []workflows.Step[struct{}]) error {
	if !in.OneByOne {
		all := make([]workflows.AnyStep, len(steps))
		for i, step := range steps {
			all[i] = step
		}
		return workflows.RunAllWithOptions(ctx, saga, workflows.RunAllOptions{Window: in.Window}, all...)
	}
	for _, step := range steps {
		if _, err := workflows.Run(ctx, saga, step); err != nil {
			return err
		}
	}
	return nil
}

// TestThousands: more steps than Temporal allows a workflow pending activities run side by
// side and are undone, in order and side by side, within the history that it allows;
// what does not fit there is refused, and what was done before is undone.
func TestThousands(t *testing.T) {
	steps, in, address := *thousandsOf, manySteps{}, dev.Address()
	fits, more := 1800, 1500
	if steps == 0 {
		steps, fits, more = 60, 35, 10
		in.Window, in.Saga.Window, in.Saga.MaxHistoryLength = 20, 20, 900
		small, err := devserver.Start(t.Context(), devserver.Options{Log: os.Stderr, DynamicConfig: map[string]string{
			"limit.numPendingActivities.error": "40", "limit.historyCount.error": "1024",
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = small.Stop() })
		address = small.Address()
	}
	rows := map[string]struct {
		in      manySteps
		refused bool
	}{
		"undone in order":     {in: manySteps{Steps: steps}},
		"undone side by side": {in: manySteps{Steps: steps, Saga: workflows.SagaOptions{Parallel: true}}},
		"large requests":      {in: manySteps{Steps: 20, Request: 300 << 10}}, // 6 MiB, of 4 that a workflow task may hold
		"one by one":          {in: manySteps{Steps: fits, OneByOne: true}},
		"more than fit":       {in: manySteps{Steps: steps, Then: more}, refused: true},
		"far more than fit":   {in: manySteps{Steps: 2 * steps}, refused: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, benchOptions{address: address})
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute+time.Duration(steps)*time.Second)
			defer cancel()
			b.ctx = ctx
			row.in.Window, row.in.Saga.Window, row.in.Saga.MaxHistoryLength = in.Window, in.Saga.Window, in.Saga.MaxHistoryLength
			began := time.Now()
			run, err := b.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, runMany, row.in)
			if err != nil {
				t.Fatal(err)
			}
			err = run.Get(ctx, nil)
			f, typed := lro.AsFailure(err)
			switch {
			case row.refused && (!typed || f.Type != lro.TypeInvalidInput || f.Field != "saga" || !strings.Contains(f.Reason, "child workflows")):
				t.Errorf("ended with %v, want a step refused for the history", err)
			case !row.refused && (err == nil || !strings.Contains(err.Error(), errUndoAll.Error())):
				t.Errorf("ended with %v, want its own error", err)
			}
			b.checkUndone(row.in.Steps + row.in.Then)
			events, size := b.checkHistory(run)
			b.replay(run.GetID(), run.GetRunID()) // what is refused is refused again
			t.Logf("%d steps, of which %d databases made: %v, %d events, %d bytes; %.150v", row.in.Steps+row.in.Then, b.service.Count("CreateDatabase"), time.Since(began).Round(time.Second), events, size, err)
		})
	}
}

// checkUndone fails the test if anything is left, or made that was refused.
func (b *bench) checkUndone(steps int) {
	b.t.Helper()
	left := 0
	for i := range steps {
		if b.service.Exists(fmt.Sprintf("%s/databases/d%d", manyInstance, i)) {
			left++
		}
	}
	if left > 0 || b.service.Exists(manyInstance) {
		b.t.Errorf("%d databases are left; the instance is: %t", left, b.service.Exists(manyInstance))
	}
	b.service.AssertNoneRunning(b.t)
}

// checkHistory fails the test if a workflow task failed, and returns the history's
// length and size.
func (b *bench) checkHistory(run client.WorkflowRun) (events int, size int64) {
	b.t.Helper()
	for history := b.client.GetWorkflowHistory(b.ctx, run.GetID(), run.GetRunID(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); history.HasNext(); events++ {
		event, err := history.Next()
		if err != nil {
			b.t.Fatal(err)
		}
		failed := event.GetWorkflowTaskFailedEventAttributes()
		// A task that is slow is begun anew by the server once 100 events wait for its end.
		if failed != nil && failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND {
			b.t.Errorf("a workflow task failed: %s: %s", failed.GetCause(), failed.GetFailure().GetMessage())
		}
	}
	described, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), run.GetRunID())
	if err != nil {
		b.t.Fatal(err)
	}
	return events, described.GetWorkflowExecutionInfo().GetHistorySizeBytes()
}
