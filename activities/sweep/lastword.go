package sweep

import (
	"context"
	"slices"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
)

// lastWords finds the waits that have ended by themselves, under any id, after others that were ended for the same
// operations. Waits that have completed are not looked at: their operations do not run.
type lastWords struct {
	*leftFinder
	latest  map[lro.Ref]time.Time // when the last such wait closed, by operation
	unknown time.Time             // when the last wait closed that does not tell its operations
	read    int
	listed  int
	cut     bool // a bound was met
}

// drop takes out the waits that do not have the last word, and those of which that is not known.
func (l *leftFinder) drop(ctx context.Context) error {
	if len(l.out.Waits) == 0 {
		return nil
	}
	w := lastWords{leftFinder: l, latest: map[lro.Ref]time.Time{}}
	since := l.out.Waits[0].CloseTime
	for _, wait := range l.out.Waits {
		w.latest[wait.Ref] = wait.CloseTime
		if wait.CloseTime.Before(since) {
			since = wait.CloseTime
		}
	}
	err := reader(l.server).Pages(ctx, closedWaits("'Failed', 'Canceled'", since), func(page []*workflowpb.WorkflowExecutionInfo) (bool, error) { return w.look(ctx, page) })
	l.out.Waits = slices.DeleteFunc(l.out.Waits, func(wait orphans.LeftWait) bool {
		unsure := w.cut || w.unknown.After(wait.CloseTime)
		l.out.Cut = l.out.Cut || unsure
		return unsure || w.latest[wait.Ref].After(wait.CloseTime)
	})
	return err
}

// look looks through a page of waits that have ended by themselves. more is false if a bound was met.
func (w *lastWords) look(ctx context.Context, page []*workflowpb.WorkflowExecutionInfo) (more bool, err error) {
	var candidates []*workflowpb.WorkflowExecutionInfo
	for _, run := range page {
		if ref, known := awaiters.Told(run); !known || w.concerns(ref) {
			candidates = append(candidates, run)
		}
	}
	if room := maxClosedRead - w.read; len(candidates) > room {
		candidates, w.cut = candidates[:room], true
	}
	w.read += len(candidates)
	w.listed += len(page)
	w.cut = w.cut || w.listed >= maxClosed
	inputs, err := reader(w.server).Inputs(ctx, candidates)
	for i, input := range inputs {
		w.note(describedOf(candidates[i]).CloseTime, input)
	}
	return !w.cut, err
}

// note notes when a wait closed.
func (w *lastWords) note(at time.Time, in awaiters.Input) {
	if in.Unknown && at.After(w.unknown) {
		w.unknown = at
	}
	for _, ref := range in.Refs {
		if last, concerns := w.latest[ref]; concerns && at.After(last) {
			w.latest[ref] = at
		}
	}
}

func (w *lastWords) concerns(ref lro.Ref) bool {
	_, is := w.latest[ref]
	return is
}

// closedWaits is the list filter of the waits with some statuses that have closed since a time. Servers keep fractions
// of seconds.
func closedWaits(statuses string, since time.Time) string {
	return "WorkflowType IN (" + awaiters.Quoted(awaiters.AwaitOperation) + ", " + awaiters.Quoted(awaiters.AwaitOperations) +
		") AND ExecutionStatus IN (" + statuses + ") AND CloseTime >= " + awaiters.Quoted(since.UTC().Format(time.RFC3339Nano))
}
