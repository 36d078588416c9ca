package sweep

import (
	"context"
	"strings"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
)

const (
	// maxClosed is how many closed waits one FindLeft lists, and maxClosedRead how many inputs it reads.
	maxClosed     = 10_000
	maxClosedRead = 2_000
	// maxLeft and maxLeftSize bound its result, in waits and in bytes of JSON. A sweep carries it on in its next run.
	maxLeft     = 1_000
	maxLeftSize = 400 << 10
)

// FindLeft finds the waits of the worker's namespace that were to cancel their operations, and that the Temporal server
// has ended before: AwaitOperations that were terminated and whose CancelPolicy is to cancel, and those that
// timed out and whose DeadlinePolicy is. It looks at those that closed last, 10,000 at most, reads the inputs of 2,000
// at most, and returns 1,000 operations at most, all of them below the given parents.
//
// A wait for the same operation that has ended by itself since then, under any id, has the last word: what a person has
// awaited and abandoned is not left. FindLeft looks through 10,000 such waits at most and reads the inputs of 2,000 at
// most. An operation of which it cannot know the last word is not returned, and the result is cut. Whether an operation
// runs, and whether another workflow awaits it, is not asked.
//
// It comes first in a sweep. So it refuses a parent that the worker cannot look below, as an lro.TypeInvalidInput for
// "parents[i]", before anything is done. A transient error fails the attempt.
func (a *Activities) FindLeft(ctx context.Context, in orphans.LeftInput) (orphans.LeftOutput, error) {
	if err := in.Validate(); err != nil {
		return orphans.LeftOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	if err := refuse(a.core.Poller(), in.Parents); err != nil {
		return orphans.LeftOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	defer a.core.Alive(ctx)()
	l := leftFinder{finder: &finder{server: a.server(ctx)}, parents: in.Parents, seen: map[lro.Ref]bool{}}
	filter := closedWaits("'Terminated', 'TimedOut'", in.Since)
	if err := reader(l.server).Pages(ctx, filter, func(page []*workflowpb.WorkflowExecutionInfo) (bool, error) { return l.look(ctx, page) }); err != nil {
		return orphans.LeftOutput{}, err
	}
	if err := l.drop(ctx); err != nil {
		return orphans.LeftOutput{}, err
	}
	return l.out, nil
}

// leftFinder is one FindLeft under way.
type leftFinder struct {
	*finder
	parents []orphans.Place
	seen    map[lro.Ref]bool // the operations that were decided about
	read    int
	size    int  // of the result's waits, in bytes of JSON
	full    bool // a bound was met
	out     orphans.LeftOutput
}

// look looks through a page of closed waits. more is false if a bound was met.
func (l *leftFinder) look(ctx context.Context, page []*workflowpb.WorkflowExecutionInfo) (more bool, err error) {
	l.out.Closed += len(page)
	var candidates []*workflowpb.WorkflowExecutionInfo
	for _, run := range page {
		if ref, known := awaiters.Told(run); !known || l.below(ref) {
			candidates = append(candidates, run)
		}
	}
	if room := maxClosedRead - l.read; len(candidates) > room {
		candidates, l.full = candidates[:room], true
	}
	l.read += len(candidates)
	inputs, err := reader(l.server).Inputs(ctx, candidates)
	for i := 0; i < len(inputs) && err == nil; i++ {
		err = l.consider(ctx, *describedOf(candidates[i]), inputs[i])
	}
	l.full = l.full || l.out.Closed >= maxClosed
	l.out.Cut = l.out.Cut || l.full
	return !l.full, err
}

// consider adds the operations that a wait has left.
func (l *leftFinder) consider(ctx context.Context, run described, in awaiters.Input) error {
	l.out.Cut = l.out.Cut || in.Unknown
	if !in.Cancels(run.Status == orphans.TimedOut) {
		return nil
	}
	for _, ref := range in.Refs {
		if l.seen[ref] || !l.below(ref) {
			continue
		}
		l.seen[ref] = true
		later, err := l.decided(ctx, ref, run.CloseTime)
		if err != nil {
			return err
		}
		wait := orphans.LeftWait{Ref: ref, WorkflowID: run.WorkflowID, RunID: run.RunID, Status: run.Status, CloseTime: run.CloseTime}
		switch {
		case later:
		case len(l.out.Waits) >= maxLeft || l.size+lro.EncodedSize(wait) > maxLeftSize:
			l.full = true
			return nil
		default:
			l.size += lro.EncodedSize(wait)
			l.out.Waits = append(l.out.Waits, wait)
		}
	}
	return nil
}

// decided reports whether a wait that workflows.Start ran for an operation has ended by itself after a time. The
// server's description of it does not lag, as its list does.
func (l *leftFinder) decided(ctx context.Context, ref lro.Ref, after time.Time) (bool, error) {
	one, err := l.describe(ctx, awaiters.ID(ref), "")
	if err != nil || one == nil {
		return false, err
	}
	switch one.Status {
	case orphans.Completed, orphans.Failed, orphans.Canceled:
		return one.CloseTime.After(after), nil
	default:
		return false, nil
	}
}

// below reports whether an operation is below a parent.
func (l *leftFinder) below(ref lro.Ref) bool {
	for _, parent := range l.parents {
		if ref.Service == parent.Service && strings.HasPrefix(ref.Name, parent.Name+"/") {
			return true
		}
	}
	return false
}
