package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	sdk "go.temporal.io/sdk/worker"
	spanner "google.golang.org/api/spanner/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// cancelAfter is how far into the third wait it is canceled.
	cancelAfter = 4 * time.Second
	// killAfter is how far into the first wait the worker is killed.
	killAfter = 4 * time.Second
)

// options are the options of every wait. The heartbeat timeout is how soon a worker's death is
// noticed. Progress is shown about as often.
var options = workflows.AwaitOptions{
	Timeout:          10 * time.Minute,
	CancelGrace:      2 * time.Minute,
	HeartbeatTimeout: 3 * time.Second,
}

// demo runs the waits.
type demo struct {
	flags    flags
	out      *console.Console
	temporal *temporal.Server
	cloud    *cloud

	workers []sdk.Worker   // in this process
	process *workerProcess // or in one of its own
}

func (d *demo) queue() string       { return "awaitop-quickstart-" + d.cloud.run }
func (d *demo) cancelQueue() string { return d.queue() + "-cancel" }

func (d *demo) close() {
	for _, w := range d.workers {
		w.Stop()
	}
	if d.process != nil {
		d.process.kill()
	}
}

func (d *demo) run(ctx context.Context) (report, error) {
	if err := d.startFirstWorker(ctx); err != nil {
		return report{}, err
	}
	created, err := d.create(ctx)
	if err != nil {
		return report{}, err
	}
	var failed, canceled waitReport
	var failedErr, canceledErr error
	var both sync.WaitGroup
	both.Go(func() { failed, failedErr = d.fail(ctx) })
	both.Go(func() { canceled, canceledErr = d.cancel(ctx) })
	both.Wait()
	for _, err := range []error{failedErr, canceledErr} {
		if err != nil {
			return report{}, err
		}
	}
	return newReport(created, failed, canceled), nil
}

func (d *demo) startFirstWorker(ctx context.Context) error {
	if d.flags.killWorker {
		return d.startProcess()
	}
	return d.startWorker(ctx, d.queue())
}

func (d *demo) startWorker(ctx context.Context, queue string) error {
	w, err := newWorker(ctx, d.temporal.Client, queue, d.cloud.rest)
	if err != nil {
		return err
	}
	if err := w.Start(); err != nil {
		return err
	}
	d.workers = append(d.workers, w)
	return nil
}

// create is the first wait: an instance is created, its result is typed.
func (d *demo) create(ctx context.Context) (waitReport, error) {
	op, err := d.cloud.createInstance(ctx, "")
	if err != nil {
		return waitReport{}, err
	}
	w, err := d.start(ctx, "create", d.queue(), op, options)
	if err != nil {
		return waitReport{}, err
	}
	if d.flags.killWorker {
		if err := d.killAndReplace(ctx, killAfter); err != nil {
			return waitReport{}, err
		}
	}
	outcome, err := w.get(ctx)
	if err != nil {
		d.out.Line("create    failed: %v", err)
		return w.report(outcome, err, false), nil
	}
	instance, err := lro.Decode[spanner.Instance](outcome.Operation.Response)
	if err != nil {
		return waitReport{}, err
	}
	d.out.Line("create    succeeded: instance %s is %s, after %d polls", instance.Name, instance.State, outcome.Polls)
	return w.report(outcome, nil, outcome.State() == lro.StateSucceeded && instance.Name != ""), nil
}

// fail is the second wait: a schema change fails, its failure is typed.
func (d *demo) fail(ctx context.Context) (waitReport, error) {
	database, err := d.database(ctx)
	if err != nil {
		return waitReport{}, err
	}
	op, err := d.cloud.failSchemaChange(ctx, database)
	if err != nil {
		return waitReport{}, err
	}
	w, err := d.start(ctx, "fail", d.queue(), op, options)
	if err != nil {
		return waitReport{}, err
	}
	outcome, err := w.get(ctx)
	failure, _ := lro.AsFailure(err)
	status := failure.Status()
	if failure.Type != lro.TypeOperationFailed || status == nil {
		d.out.Line("fail      ended otherwise: %v", err)
		return w.report(outcome, err, false), nil
	}
	d.out.Line("fail      failed, as it should: %s: %s", status.Code, status.Message)
	d.printDetails(err, outcome)
	return w.report(outcome, err, status.Code == lro.CodeFailedPrecondition), nil
}

func (d *demo) printDetails(err error, outcome lro.Outcome) {
	if violations, ok := lro.Detail[*errdetails.PreconditionFailure](err); ok {
		for _, v := range violations.GetViolations() {
			d.out.Line("          violation: %s of %s: %s", v.GetType(), v.GetSubject(), v.GetDescription())
		}
	}
	progress := lro.ProgressOf(outcome.Operation.Metadata)
	d.out.Line("          %d of %d statements had been committed", progress.Committed, progress.Statements)
}

// database makes the database whose schema change fails.
func (d *demo) database(ctx context.Context) (string, error) {
	op, err := d.cloud.createDatabase(ctx, d.cloud.made[0])
	if err != nil {
		return "", err
	}
	w, err := d.start(ctx, "database", d.queue(), op, options)
	if err != nil {
		return "", err
	}
	if _, err := w.get(ctx); err != nil {
		return "", err
	}
	return d.cloud.made[0] + "/databases/db", nil
}

// cancel is the third wait: its workflow is canceled in flight. If operations are done at once, it
// is canceled before its first poll. Otherwise there would be nothing left to cancel.
func (d *demo) cancel(ctx context.Context) (waitReport, error) {
	op, err := d.cloud.createInstance(ctx, "-cancel")
	if err != nil {
		return waitReport{}, err
	}
	if !op.Done {
		if err := d.startWorker(ctx, d.cancelQueue()); err != nil {
			return waitReport{}, err
		}
	}
	w, err := d.start(ctx, "cancel", d.cancelQueue(), op, options)
	if err != nil {
		return waitReport{}, err
	}
	if !op.Done {
		w.waitInFlight(ctx, cancelAfter)
	}
	d.out.Line("cancel    canceling its workflow")
	if err := w.run.Cancel(ctx); err != nil {
		return waitReport{}, fmt.Errorf("cancel the workflow: %w", err)
	}
	if op.Done {
		if err := d.startWorker(ctx, d.cancelQueue()); err != nil {
			return waitReport{}, err
		}
	}
	outcome, err := w.get(ctx)
	answer := ""
	if outcome.CancelStatus != nil {
		answer = fmt.Sprintf(" (the service answered %s)", outcome.CancelStatus.Code)
	}
	d.out.Line("cancel    what became of it: %s%s; the operation %s", outcome.Cancellation, answer, outcome.State())
	return w.report(outcome, err, d.cancelEndedWell(outcome)), nil
}

// cancelEndedWell reports whether the cancel ended as it may. The scripted Spanner always honors
// it.
func (d *demo) cancelEndedWell(outcome lro.Outcome) bool {
	switch outcome.Cancellation {
	case lro.CancellationCanceled:
		return true
	case lro.CancellationCompleted, lro.CancellationUnsupported:
		return d.cloud.server == nil
	default:
		return false
	}
}
