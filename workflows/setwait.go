package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// maxChunkNames bounds the names in one activity's input, in bytes: half of what
// a payload may have.
const maxChunkNames = lro.MaxEncodedSize / 2

// maxTaskNames bounds the names in what one workflow task schedules, in bytes: half
// of a gRPC message to the Temporal server, of 4 MiB.
const maxTaskNames = 2 << 20

// setWait is one await of a set in a workflow.
type setWait struct {
	options         AwaitAllOptions
	initialInterval time.Duration // the caller's, 0 where it is left to the methods
	outcome         AllOutcome
	started         bool           // whether the operations were started by the caller, and so are known to be
	failed          int            // the first operation that failed; -1 for none
	unread          int            // the first that could not be read; -1 for none
	reports         []cancelReport // by index, of those that were to be canceled
	limits          *limits        // nil if nothing ends the workflow
}

func newSetWait(ctx workflow.Context, options AwaitAllOptions, outcome AllOutcome) *setWait {
	w := &setWait{limits: limitsOf(ctx, options.EndMargin), initialInterval: options.Policy.InitialInterval, outcome: outcome, failed: -1, unread: -1}
	options.AwaitOptions = options.withDefaults()
	if options.OnFailure == "" {
		options.OnFailure = CancelRest
	}
	w.options = options
	return w
}

// summary says what is done to the set.
func (w *setWait) summary(verb string) string {
	n := 0
	for _, result := range w.outcome.Operations {
		if result.waiting() {
			n++
		}
	}
	return fmt.Sprintf("%s %d operations", verb, n)
}

// chunk is as much of a set as one activity takes.
type chunk struct {
	set activities.Set
	// indexes are those in the outcome, of each of set's operations.
	indexes []int
	size    int // of the names, in bytes
}

// tasks spreads chunks over as many workflow tasks as it takes to tell the server of
// all.
type tasks struct{ size int }

// next begins a new workflow task if this one has no room for c.
func (t *tasks) next(ctx workflow.Context, c chunk) {
	if t.size += c.size; t.size > maxTaskNames {
		t.size = c.size
		_ = workflow.Sleep(ctx, time.Millisecond) // on a canceled ctx nothing is scheduled
	}
}

// chunks divides the operations that are still awaited, those together that one
// List may answer for.
func (w *setWait) chunks() []chunk {
	var refs []lro.Ref
	var indexes []int
	for i, result := range w.outcome.Operations {
		if result.waiting() {
			refs, indexes = append(refs, result.Ref), append(indexes, i)
		}
	}
	_, order := activities.NewSet(refs)
	var chunks []chunk
	for len(order) > 0 {
		n, size := 0, 0
		for n < len(order) && n < activities.MaxSetSize && size < maxChunkNames {
			size += len(refs[order[n]].Name)
			n++
		}
		part := make([]lro.Ref, n)
		for i, at := range order[:n] {
			part[i] = refs[at]
		}
		set, inPart := activities.NewSet(part)
		c := chunk{set: set, indexes: make([]int, n), size: size}
		for i, at := range inPart {
			c.indexes[i] = indexes[order[at]]
		}
		chunks, order = append(chunks, c), order[n:]
	}
	return chunks
}

// setEnd is how the polls of a set ended.
type setEnd struct {
	expired bool
	invalid error // the input was refused
}

// poll awaits all until the wait's deadline, or the first failure.
func (w *setWait) poll(ctx workflow.Context) setEnd {
	in := activities.PollSetInput{
		Policy: w.options.Policy, StartTime: w.outcome.StartTime, StopOnFailure: w.options.OnFailure != AwaitRest,
		Resumed: w.started,
	}
	in.Policy.InitialInterval = w.initialInterval
	in.Deadline = w.limits.cut(w.asked())
	return w.pollUntil(ctx, in)
}

// asked is the deadline that the caller asked for, zero for none.
func (w *setWait) asked() time.Time {
	if w.options.Timeout <= 0 {
		return time.Time{}
	}
	return w.outcome.StartTime.Add(w.options.Timeout)
}

// pollUntil runs a PollOperations for each chunk. The first that stops over a
// failure stops the others.
func (w *setWait) pollUntil(ctx workflow.Context, in activities.PollSetInput) setEnd {
	in.AuthGrace, in.NotFoundGrace = lro.DurationOf(w.options.AuthGrace), lro.DurationOf(w.options.NotFoundGrace)
	ctx, stop := workflow.WithCancel(ctx)
	defer stop()
	var end setEnd
	selector := workflow.NewSelector(ctx)
	chunks := w.chunks()
	polling := w.options.pollContext(ctx, in.Deadline, w.summary("await"))
	var spread tasks
	var poll func(c chunk, tries int)
	left := len(chunks)
	poll = func(c chunk, tries int) {
		in := in
		in.Operations = c.set
		future := workflow.ExecuteActivity(polling, activities.PollOperationsName, in)
		selector.AddFuture(future, func(future workflow.Future) {
			var out activities.PollSetOutput
			err := get(ctx, future, &out)
			if err == nil {
				err = stray(out.Validate(in))
			}
			left--
			switch pollEndOf(err, ctx.Err() != nil, isPast(ctx, in.Deadline)) {
			case pollAnswered:
				w.take(c, out)
				end.expired = end.expired || out.Expired
				if in.StopOnFailure && w.failed >= 0 {
					stop()
				}
			case pollFailed:
				failure, _ := lro.AsFailure(err)
				end.invalid = activities.NewError(failure)
				stop()
			case pollLeft:
			case pollExpired:
				end.expired = true
			case pollStray:
				if tries < maxStrays {
					left++
					poll(c, tries+1)
					return
				}
				w.lost(c, err)
			case pollLost:
				w.lost(c, err)
			}
		})
	}
	for _, c := range chunks {
		spread.next(polling, c)
		poll(c, 1)
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	for left > 0 {
		selector.Select(free) // a canceled ctx ends each of the futures
	}
	return end
}

// take takes over what a chunk's poll saw.
func (w *setWait) take(c chunk, out activities.PollSetOutput) {
	w.outcome.Polls = lro.AddPolls(w.outcome.Polls, out.Polls)
	for i, index := range c.indexes {
		w.outcome.Operations[index].State = out.States.State(i)
	}
	for _, failure := range out.Failures {
		result := &w.outcome.Operations[c.indexes[failure.Index]]
		result.Failure, result.Status = failure.Type, failure.Status
		first := &w.unread
		if failure.Type == lro.TypeOperationFailed {
			first = &w.failed
		}
		if *first < 0 {
			*first = c.indexes[failure.Index]
		}
	}
}

// lost notes that nobody knows the states of a chunk.
func (w *setWait) lost(c chunk, err error) {
	for _, index := range c.indexes {
		result := &w.outcome.Operations[index]
		result.Failure, result.Status = lro.TypePollFailed, &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
		if w.unread < 0 {
			w.unread = index
		}
	}
}

// cancelRest cancels what still runs, and awaits what becomes of it, be ctx canceled
// or not.
func (w *setWait) cancelRest(ctx workflow.Context) {
	ctx, done := w.limits.bound(ctx)
	defer done()
	failed := w.failed
	for i := range w.outcome.Operations {
		if result := &w.outcome.Operations[i]; result.State == lro.StateRunning && result.Failure != lro.TypeOperationGone {
			result.Failure, result.Status = "", nil // one that could not be read is tried again
		}
	}
	w.sendCancels(ctx)
	now := workflow.Now(ctx).UTC()
	in := activities.PollSetInput{Policy: w.options.Policy, StartTime: now, Deadline: w.graceEnd(ctx), Resumed: true, Canceling: true}
	in.Policy.IgnoreProgress = true // it says when the operation would have ended
	w.pollUntil(ctx, in)
	if failed >= 0 {
		w.failed = failed
	}
	for i, report := range w.reports {
		if report.result != "" {
			w.outcome.Operations[i].conclude(report)
		}
	}
}

// graceEnd is when the cancel grace is over that begins now.
func (w *setWait) graceEnd(ctx workflow.Context) time.Time {
	return w.limits.cutGrace(workflow.Now(ctx).UTC().Add(w.options.CancelGrace))
}

// sendCancels has the cancel requests made and notes what each came to, as far as
// that is known.
func (w *setWait) sendCancels(ctx workflow.Context) {
	end := w.graceEnd(ctx)
	grace := max(end.Sub(workflow.Now(ctx)), 0)
	in := activities.CancelSetInput{NotFoundGrace: lro.DurationOf(min(w.options.NotFoundGrace, grace)), Deadline: end}
	control := workflow.GetActivityOptions(w.options.controlContext(ctx, grace, w.summary("cancel")))
	control.StartToCloseTimeout = grace + deadlineSlack // it retries by itself
	control.HeartbeatTimeout = w.options.HeartbeatTimeout
	ctx = workflow.WithActivityOptions(ctx, control)
	chunks := w.chunks()
	futures := make([]workflow.Future, len(chunks))
	var spread tasks
	for i, c := range chunks {
		spread.next(ctx, c)
		in.Operations = c.set
		futures[i] = workflow.ExecuteActivity(ctx, activities.CancelOperationsName, in)
	}
	w.reports = make([]cancelReport, len(w.outcome.Operations))
	for i, c := range chunks {
		var out activities.CancelSetOutput
		err := get(ctx, futures[i], &out)
		if err == nil {
			err = stray(out.Validate(c.set.Len()))
		}
		if isStray(err) {
			in.Operations = c.set
			err = execute(ctx, activities.CancelOperationsName, in, &out, func() error { return out.Validate(c.set.Len()) })
		}
		if err != nil {
			w.unreported(c, err)
			continue
		}
		for j, index := range c.indexes {
			w.reports[index] = cancelReport{result: out.Result(j), sent: out.SentOf(j)}
		}
		for _, failure := range out.Failures {
			w.reports[c.indexes[failure.Index]].status = failure.Status
		}
	}
}

// unreported notes what is known of the cancels of a chunk whose activity failed.
func (w *setWait) unreported(c chunk, err error) {
	var record activities.CancelSetHeartbeat
	report := unreported(err, &record)
	for i, index := range c.indexes {
		w.reports[index] = report
		w.reports[index].sent = max(report.sent, record.SentOf(i))
	}
}

// conclude says what became of the operation's cancel.
func (r *SetResult) conclude(report cancelReport) {
	end := cancelEndOf(r.State, r.Failure, r.Status)
	r.Cancellation = report.cancellation(end)
	r.CancelStatus = report.why(r.Cancellation)
	switch {
	case end == endMissing && r.Cancellation == lro.CancellationGone:
		r.Failure = lro.TypeOperationGone
	case end == endCanceled && r.Cancellation != "":
		r.Failure, r.Status = "", nil // as asked for: no failure of its own
	}
}
