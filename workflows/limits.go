package workflows

import (
	"cmp"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

const (
	// marginPart divides a workflow's timeout: waits and sagas end by themselves a tenth of
	// it before it passes, and DefaultEndMargin before it at most.
	marginPart = 10
	// DefaultEndMargin is the longest [AwaitOptions.EndMargin] and
	// [SagaOptions.EndMargin] where none is set.
	DefaultEndMargin = 10 * time.Minute
	// reportReserve is the end of a margin that is kept to report which operations were not
	// canceled and which steps were not undone. Of a margin under a minute it is half.
	reportReserve = 30 * time.Second
	// noTimeout is a timeout that stands for none: the SDK's test environments set it.
	noTimeout = lro.MaxDuration
)

// timeouts tell when Temporal ends a workflow without running its code.
type timeouts struct {
	execution, run time.Duration // 0 for none
	first          time.Time     // when the execution's first run started
	start          time.Time     // when this run started
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

// runEnd counts from the time at which the run's first task may begin: after the backoff of
// a retry or of cron, and after a start delay. If a worker is there, the first task begins at
// that time. A first task that is late may be late for a backoff, or because no worker was
// there, and nothing tells which. Within the margin the run's start counts, because that is
// the safe side. Without a recorded first task the start counts, unless the timeout would
// have passed.
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

// margin is how long before the timeout waits end by themselves. callers is the caller's,
// 0 for the default.
func (e ending) margin(callers time.Duration) time.Duration {
	return cmp.Or(callers, min(e.timeout/marginPart, DefaultEndMargin))
}

// limits are the times by which a wait or a saga has to end, because of a timeout of the
// workflow or of the window of an undo.
type limits struct {
	ending
	stop time.Time     // when waits end
	last time.Time     // when cancels and undos end, and the report begins
	rest time.Duration // the time for the report
}

// limits are those of a timeout, with the caller's margin. They are nil if nothing ends the
// workflow.
func (e ending) limits(margin time.Duration) *limits {
	if e.at.IsZero() {
		return nil
	}
	margin = e.margin(margin)
	rest := min(reportReserve, margin/2)
	return &limits{ending: e, stop: e.at.Add(-margin).UTC(), last: e.at.Add(-rest).UTC(), rest: rest}
}

// limitsOf are the limits of a wait or a saga that begins now. In an undo only its window
// counts, because the margin before the timeout is there for undos.
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
		first: firstStart(ctx), start: info.WorkflowStartTime, firstTask: firstTask,
		cron: info.CronSchedule != "", now: workflow.Now(ctx),
	}
	if t.start.IsZero() && !firstTask.IsZero() { // in the SDK's test environment
		t.first, t.start = earlier(t.first, firstTask), firstTask
	}
	return t
}

// cut is the earlier of a deadline and of the time at which waits end. A zero deadline
// means none.
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

// cutGrace is the earlier of the end of a cancel's grace and of the time at which cancels
// end.
func (l *limits) cutGrace(end time.Time) time.Time {
	if l == nil {
		return end
	}
	return earlier(end, l.last)
}

// cutLast is the earlier of a time and of the time at which alarms cancel what still runs:
// after a third of the time for the report.
func (l *limits) cutLast(at time.Time) time.Time {
	if l == nil {
		return at
	}
	return earlier(at, l.last.Add(l.rest/3))
}

// passed reports whether it is too late to begin a wait.
func (l *limits) passed(ctx workflow.Context) bool { return l != nil && isPast(ctx, l.stop) }

// reason tells which timeout is near. It is "" if a wait ended for its own deadline.
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

// bound returns a context for a cancel and for what follows it. It is not canceled with
// ctx, but when the workflow's time is over. If the workflow has no timeout, only the graces
// bound it, and no timer is started.
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
