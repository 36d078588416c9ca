package workflows

import (
	"cmp"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

const (
	// marginPart is the part of a workflow's timeout before whose end waits and sagas
	// end by themselves, and DefaultEndMargin what that is at most.
	marginPart = 10
	// DefaultEndMargin is the longest [AwaitOptions.EndMargin] and
	// [SagaOptions.EndMargin] where none is set.
	DefaultEndMargin = 10 * time.Minute
	// reportReserve is what is kept of a margin for the report of what was not
	// canceled or undone; half of a margin under a minute.
	reportReserve = 30 * time.Second
	// noTimeout is a timeout that stands for none: that of the SDK's test environments.
	noTimeout = lro.MaxDuration
)

// timeouts are what is known of when Temporal ends a workflow without running its
// code.
type timeouts struct {
	execution, run time.Duration // 0 for none
	first          time.Time     // when the first run was started: the execution's beginning
	start          time.Time     // when this run was
	firstTask      time.Time     // when this run's first workflow task began; zero if that was not recorded
	cron           bool
	now            time.Time
}

// ending is a timeout of the workflow.
type ending struct {
	at      time.Time // when it ends the workflow
	timeout time.Duration
	kind    string
}

// next is the timeout that comes first, the zero ending if there is none.
func (t timeouts) next() ending {
	execution, run := t.executionEnd(), t.runEnd()
	if execution.at.IsZero() || !run.at.IsZero() && run.at.Before(execution.at) {
		return run
	}
	return execution
}

// executionEnd counts from the start of the first run, over retries, cron,
// continue-as-new and a start delay.
func (t timeouts) executionEnd() ending {
	if t.execution <= 0 || t.execution >= noTimeout {
		return ending{}
	}
	return ending{at: t.first.Add(t.execution), timeout: t.execution, kind: "execution"}
}

// runEnd counts from when the run's first task might begin: after the backoff of a
// retry or of cron, and a start delay. The first task tells when that was, as long as
// a worker was there. It comes later than the start by a backoff or for lack of a
// worker, and nothing says which: within the margin the start counts, which is the
// safe side. Without the first task the start counts, unless that cannot be right.
func (t timeouts) runEnd() ending {
	if t.run <= 0 || t.run >= noTimeout {
		return ending{}
	}
	byStart := ending{at: t.start.Add(t.run), timeout: t.run, kind: "run"}
	switch {
	case t.firstTask.IsZero() && (t.cron || !byStart.at.After(t.now)):
		return ending{}
	case t.firstTask.IsZero(), t.firstTask.Sub(t.start) <= byStart.margin(0):
		return byStart
	default:
		return ending{at: t.firstTask.Add(t.run), timeout: t.run, kind: "run"}
	}
}

// margin is how long before the end waits end by themselves; asked is the caller's, 0
// for the default.
func (e ending) margin(asked time.Duration) time.Duration {
	return cmp.Or(asked, min(e.timeout/marginPart, DefaultEndMargin))
}

// limits are when a wait or a saga has to end for one of the workflow's timeouts, or
// for the window of an undo.
type limits struct {
	ending
	stop time.Time     // when to await no longer
	last time.Time     // when cancels and undos are over, and what is left is reported
	rest time.Duration // what is left after that
}

// limits are nil if nothing ends the workflow.
func (e ending) limits(asked time.Duration) *limits {
	if e.at.IsZero() {
		return nil
	}
	margin := e.margin(asked)
	rest := min(reportReserve, margin/2)
	return &limits{ending: e, stop: e.at.Add(-margin).UTC(), last: e.at.Add(-rest).UTC(), rest: rest}
}

// limitsOf are those of what the workflow does from now on. In an undo its window is
// all that counts: the margin before the end is there for it.
func limitsOf(ctx workflow.Context, margin time.Duration) *limits {
	if deadline := undoDeadline(ctx); !deadline.IsZero() {
		return &limits{stop: deadline, last: deadline, rest: deadlineSlack}
	}
	return timeoutsOf(ctx).next().limits(margin)
}

func timeoutsOf(ctx workflow.Context) timeouts {
	info := workflow.GetInfo(ctx)
	firstTask, _ := ctx.Value(firstTaskKey{}).(time.Time)
	t := timeouts{
		execution: info.WorkflowExecutionTimeout, run: info.WorkflowRunTimeout,
		first: since(ctx), start: info.WorkflowStartTime, firstTask: firstTask,
		cron: info.CronSchedule != "", now: workflow.Now(ctx),
	}
	if t.start.IsZero() && !firstTask.IsZero() { // in the SDK's test environment
		t.first, t.start = firstTask, firstTask
	}
	return t
}

// cut is the earlier of a deadline and of when to await no longer. A zero deadline is
// none.
func (l *limits) cut(deadline time.Time) time.Time {
	switch {
	case l == nil:
		return deadline
	case deadline.IsZero():
		return l.stop
	default:
		return earlier(deadline, l.stop)
	}
}

// cutGrace is the earlier of the end of a cancel's grace and of the last moment.
func (l *limits) cutGrace(end time.Time) time.Time {
	if l == nil {
		return end
	}
	return earlier(end, l.last)
}

// cutLast is the earlier of a time and of when all that is bounded is canceled: a third
// of the rest before the end is over.
func (l *limits) cutLast(at time.Time) time.Time {
	if l == nil {
		return at
	}
	return earlier(at, l.last.Add(l.rest/3))
}

// passed reports whether there is no time left to begin anything.
func (l *limits) passed(ctx workflow.Context) bool { return l != nil && isPast(ctx, l.stop) }

// reason says which timeout is near, "" if a wait ended for its own deadline.
func (l *limits) reason(deadline time.Time) string {
	switch {
	case !deadline.IsZero() && (l == nil || deadline.Before(l.stop)):
		return ""
	case l == nil:
		return "the Temporal server has no time left for the workflow"
	case l.kind == "":
		return "the window of its undo is over"
	}
	return fmt.Sprintf("the workflow's %s timeout of %s ends it at %s", l.kind, l.timeout, l.at.UTC().Format(time.RFC3339))
}

// bound returns a context, not canceled with ctx, in which a cancel and what becomes of
// it may be awaited, until the last moment. Without a timeout nothing bounds it but the graces, and no timer is started.
func (l *limits) bound(ctx workflow.Context) (free workflow.Context, done func()) {
	free, _ = workflow.NewDisconnectedContext(ctx)
	if l == nil {
		return free, func() {}
	}
	var a alarm
	free, b := a.bound(free, l.cutLast(l.last.Add(l.rest)))
	return free, func() {
		b.close()
		a.stop()
	}
}
