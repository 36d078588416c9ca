package hold

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

const (
	// reportsAtOnce is how many detached attempts report their end at once. A report takes a deep
	// stack, and thousands may end together.
	reportsAtOnce = 128
	// beatTimeout and endTimeout bound calls to the Temporal server. The SDK gives
	// half of it to a request, and tries again in the other half.
	beatTimeout = 10 * time.Second
	endTimeout  = 20 * time.Second
)

// errForgotten ends an attempt that the Temporal server does not know any more.
var errForgotten = errors.New("the activity is no longer awaited")

// Detach runs a detached attempt in a goroutine of its own, to its end, and reports run's result to
// the server. A panic fails the attempt, as with the SDK, and not the worker. Then ended is called
// with the error. The activity has to return Detach's error.
func (t *Attempt) Detach(heart *Heart, run func() (any, error), ended func(error)) error {
	go func() {
		defer t.holder.forget(t)
		out, err := t.runSafely(run)
		t.report(heart, out, err)
		ended(err)
	}()
	return activity.ErrResultPending
}

// runSafely calls run, and returns a panic as an error.
func (t *Attempt) runSafely(run func() (any, error)) (out any, err error) {
	defer func() {
		if p := t.panicError(recover()); p != nil {
			err = p
		}
	}()
	return run()
}

// panicError logs the value of a panic and returns it as an error, nil without a panic.
func (t *Attempt) panicError(p any) error {
	if p == nil {
		return nil
	}
	activity.GetLogger(t.ctx).Error("Activity panic.", "panic", p, "stack", string(debug.Stack()))
	return fmt.Errorf("panic: %v", p)
}

// report reports the end of a detached attempt. It waits while [reportsAtOnce] others report theirs.
// If the result cannot be encoded, the heartbeat timeout ends the attempt and the next one retries.
func (t *Attempt) report(heart *Heart, out any, err error) {
	if errors.Is(context.Cause(t.ctx), errForgotten) {
		return
	}
	t.holder.reports <- struct{}{}
	defer func() {
		<-t.holder.reports
		_ = t.panicError(recover())
	}()
	if IsYield(err) {
		heart.Flush()
	}
	heart.Stop() // a beat after the end would be refused
	t.complete(out, err)
}

// ReportInSlot returns the result of an attempt in its slot, for the SDK to report. If the SDK would
// drop it, ReportInSlot reports it by the attempt's task token.
func ReportInSlot[O any](t *Attempt, heart *Heart, out O, err error) (O, error) {
	if !isPast(t.slot) {
		return out, err
	}
	heart.Stop() // a beat after the end would be refused
	t.complete(out, err)
	var none O
	return none, activity.ErrResultPending
}

// complete reports the end of the attempt to the server. If that fails, the heartbeat timeout ends
// the attempt, and the next one reads the operation again.
func (t *Attempt) complete(out any, err error) {
	info := activity.GetInfo(t.ctx)
	options := client.CompleteActivityOptions{
		TaskToken: info.TaskToken, Result: out, Err: err,
		Namespace: info.Namespace, WorkflowID: info.WorkflowExecution.ID, TaskQueue: info.TaskQueue,
		WorkflowType: workflowType(info), ActivityType: info.ActivityType.Name,
	}
	if errors.Is(err, context.Canceled) {
		options.Err = temporal.NewCanceledError()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), endTimeout)
	defer cancel()
	if err := activity.GetClient(ctx).CompleteActivityWithOptions(ctx, options); err != nil && !isForgotten(err) {
		activity.GetLogger(ctx).Warn("The Temporal server did not take the end of a poll. Another attempt will read the operation again.", "error", err)
	}
}

// workflowType is "" for an activity that no workflow started.
func workflowType(info activity.Info) string {
	if info.WorkflowType == nil {
		return ""
	}
	return info.WorkflowType.Name
}

func isForgotten(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
