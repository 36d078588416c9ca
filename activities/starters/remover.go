package starters

import (
	"context"
	"fmt"
	"math/rand/v2"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Remover deletes a resource that a starter made: the undo of a step. It leaves alone what
// is not there and what is somebody else's.
//
// Each refusal of the service is retried by the caller's retry policy, for the window of
// the saga: an instance that still holds backups, or a permission that is missing, is for
// somebody to mend while the undo waits. A lost reply does no harm: the next attempt finds
// the resource absent.
type Remover struct {
	// Service is the service that has the resource. Required.
	Service string
	// Check refuses a target before anything is sent, as [Starter.Check].
	Check func(field, target string) error
	// Find reads the resource, and compares its mark with key; nil if it is not there.
	// key is "" if no mark is wanted: the Owner is [Unmarked] then. Required.
	Find func(ctx context.Context, target, key string) (*Resource, error)
	// Makers returns the operations that may have made an [Unmarked] resource, the newest
	// first. If the newest one alive is not the caller's, the resource is somebody else's.
	// Default: its times alone tell.
	Makers func(ctx context.Context, target string) ([]Operation, error)
	// Remove deletes the resource, by one request within the Poller's budget. NOT_FOUND
	// says that it was not there. A delete that is an operation itself is to be awaited
	// within the attempt; or Remove returns an *lro.Error with code UNAVAILABLE, and the
	// undo is tried again until Find finds nothing. Required.
	Remove func(ctx context.Context, target string) error
}

// Register registers the remover as an activity that takes an activities.RemoveInput,
// under the name that a step's Undo has. Register panics as [Starter.Register] does.
func (r Remover) Register(registry activities.Registry, core *activities.Activities, name string) {
	if r.Service == "" || r.Find == nil || r.Remove == nil || core == nil {
		panic(fmt.Sprintf("starters: %s: a remover needs Service, Find, Remove and the activities", name))
	}
	run := func(ctx context.Context, in activities.RemoveInput) (activities.RemoveOutput, error) {
		return r.run(ctx, core, in)
	}
	registry.RegisterActivityWithOptions(activities.Timed(core, run), activity.RegisterOptions{Name: name})
}

// run is one attempt to delete.
func (r Remover) run(ctx context.Context, core *activities.Activities, in activities.RemoveInput) (activities.RemoveOutput, error) {
	err := in.Validate()
	if err == nil && r.Check != nil {
		err = r.Check("target", in.Target)
	}
	if err != nil {
		return activities.RemoveOutput{}, refuse("", err)
	}
	result, err := r.remove(core.Poller().Arrived(ctx), core.Poller(), in)
	switch err = readError("Delete", err); {
	case err == nil:
		return activities.RemoveOutput{Result: result}, nil
	case ctx.Err() != nil:
		return activities.RemoveOutput{}, ctx.Err()
	default:
		retry := core.Retry(ctx, in.Deadline, retryAfter(err, activity.GetInfo(ctx).Attempt, rand.Float64()))
		return activities.RemoveOutput{}, requestFailed(activities.RemoveFailedType, in.Target+" was not deleted", err, retry)
	}
}

// remove deletes the target, unless it is not there or not the caller's.
func (r Remover) remove(ctx context.Context, requests *poller.Poller, in activities.RemoveInput) (activities.RemoveResult, error) {
	if in.Key != "" || !in.Since.IsZero() || !in.CreateTime.IsZero() {
		if kept, err := r.keep(ctx, in); err != nil || kept != "" {
			return kept, err
		}
	}
	err := requests.Do(ctx, r.Service, in.Target, poller.PriorityCancel, func(ctx context.Context) error {
		return readError("Delete", r.Remove(ctx, in.Target))
	})
	switch {
	case err == nil:
		return activities.RemoveDeleted, nil
	case lro.Classify(err) == lro.ClassNotFound, mayHaveActed(err) && r.isGone(ctx, in):
		return activities.RemoveAbsent, nil
	default:
		return "", err
	}
}

// isGone reports whether the target is known not to be there.
func (r Remover) isGone(ctx context.Context, in activities.RemoveInput) bool {
	target, err := r.Find(ctx, in.Target, in.Key)
	return err == nil && target == nil
}

// keep says why the target is not to be deleted, "" if it is the caller's.
func (r Remover) keep(ctx context.Context, in activities.RemoveInput) (activities.RemoveResult, error) {
	target, err := r.Find(ctx, in.Target, in.Key)
	if err != nil {
		return "", err
	}
	if target == nil {
		return activities.RemoveAbsent, nil
	}
	kept := keptFor(target, in)
	if kept != "" || in.Operation == "" || target.Owner != Unmarked || r.Makers == nil {
		return kept, nil
	}
	makers, err := r.Makers(ctx, in.Target)
	if err != nil {
		return "", err
	}
	return madeBy(makers, in.Operation), nil
}

// keptFor says why a resource is not to be deleted by its mark and its age, "" if it is
// the caller's.
func keptFor(target *Resource, in activities.RemoveInput) activities.RemoveResult {
	ours := false
	switch {
	case !in.CreateTime.IsZero() && !target.CreateTime.IsZero():
		ours = target.CreateTime.Equal(in.CreateTime)
	case target.Owner != Unmarked:
		ours = target.Owner == Ours && (in.Since.IsZero() || notOlder(target.CreateTime, in.Since))
	case in.Since.IsZero():
		ours = true
	case target.CreateTime.IsZero():
		return activities.RemoveUnknown
	default:
		ours = notOlder(target.CreateTime, in.Since) && (in.Until.IsZero() || !target.CreateTime.After(in.Until.Add(activities.MaxClockSkew)))
	}
	if !ours {
		return activities.RemoveNotOurs
	}
	return ""
}

// madeBy says that a resource is somebody else's if the newest operation alive that may
// have made it is not the caller's, "" otherwise.
func madeBy(makers []Operation, own string) activities.RemoveResult {
	for _, op := range makers {
		switch {
		case op.Name == own:
			return ""
		case op.alive():
			return activities.RemoveNotOurs
		}
	}
	return ""
}
