package starters

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/createtime"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Remover deletes a resource that a starter made: it is the undo of a step. It deletes nothing that
// is somebody else's.
//
// Each refusal of the service is retried by the caller's retry policy, for the undo window of the
// saga. So an operator can grant a missing permission, or delete the backups that an instance still
// holds, while the undo waits. A lost reply does no harm: the next attempt finds the resource absent.
//
// If the delete is an operation, the attempts that follow read that operation until it has ended. One that
// has failed is a refusal, too: the attempt fails with its error, and the next one deletes again.
type Remover struct {
	// Service is the service that has the resource. Required.
	Service string
	// Check refuses a target before anything is sent, as [Starter.Check].
	Check func(field, target string) error
	// Find reads the resource and compares its mark with key. It returns nil if there is no resource.
	// Without a key the Owner is [Unmarked]. Required.
	Find func(ctx context.Context, target, key string) (*Resource, error)
	// Makers returns the operations that may have made an [Unmarked] resource, the newest first. If the
	// newest that runs or succeeded is not the caller's, the resource is somebody else's. Default: the
	// times of the resource decide.
	Makers func(ctx context.Context, target string) ([]Operation, error)
	// Remove deletes the resource. If the delete is an operation itself, Remove returns it,
	// otherwise the zero Operation. While it runs, the undo is tried again. If the operation cannot be
	// read, the undo is done once Find finds nothing. The code NOT_FOUND says that the resource was not
	// there. Required.
	Remove func(ctx context.Context, target string) (lro.Operation, error)
	// SelfPaced says that Find and Makers make their requests by the Poller, each within the budget.
	// Otherwise a call of one of them counts as one request. A call of Remove always counts as one.
	SelfPaced bool
}

// Register registers the remover as an activity that takes a [RemoveInput]. A step names it
// in its field Undo. See [Activity].
func (r Remover) Register(registry activities.Registry, core *activities.Activities, name string) {
	if r.Service == "" || r.Find == nil || r.Remove == nil || core == nil {
		panic(fmt.Sprintf("starters: %s: a remover needs Service, Find, Remove and the activities", name))
	}
	run := func(ctx context.Context, in RemoveInput) (RemoveOutput, error) {
		return r.Run(ctx, core, in)
	}
	registry.RegisterActivityWithOptions(activities.Timed(core, run), activity.RegisterOptions{Name: name})
}

// Run is one attempt to delete, for an activity that chooses the remover by its input. r needs what
// [Remover.Register] needs.
func (r Remover) Run(ctx context.Context, core *activities.Activities, in RemoveInput) (RemoveOutput, error) {
	err := in.Validate()
	if err == nil && r.Check != nil {
		err = r.Check("target", in.Target)
	}
	if err != nil {
		return RemoveOutput{}, Refused("", err)
	}
	tried := core.Undoing(ctx, r.Service, in.Undo)
	result, err := removal{r, core.Poller(), in, sentDelete(ctx), core.ServerTime()}.run(core.Poller().Arrived(ctx))
	tried(err)
	switch {
	case err == nil:
		return RemoveOutput{Result: result}, nil
	case ctx.Err() != nil:
		return RemoveOutput{}, ctx.Err()
	default:
		retry := core.Retry(ctx, in.Deadline, retryAfter(err, activity.GetInfo(ctx).Attempt, rand.Float64()))
		return RemoveOutput{}, requestFailed(RemoveFailedType, in.Target+" was not deleted", err, retry)
	}
}

// removal is one attempt of a remover.
type removal struct {
	Remover
	poller *poller.Poller
	in     RemoveInput
	sent   *undos.Deleting // by an earlier attempt, nil for none
	now    time.Time       // when the attempt began, by Temporal's clock
}

// run deletes the target, unless it is not there or not the caller's.
func (r removal) run(ctx context.Context) (RemoveResult, error) {
	if r.sent != nil {
		switch ended, err := r.deleteEnded(ctx); {
		case err != nil:
			return "", err
		case ended:
			return RemoveDeleted, nil
		}
	}
	result, err := r.attempt(ctx)
	if result == RemoveAbsent && r.sent != nil {
		return RemoveDeleted, err
	}
	return result, err
}

// attempt looks whether the target is to be deleted, and deletes it.
func (r removal) attempt(ctx context.Context) (RemoveResult, error) {
	if r.in.limited() {
		if kept, err := r.keep(ctx); err != nil || kept != "" {
			return kept, err
		}
	}
	op, err := withinBudget(ctx, r.requests("Delete", poller.PriorityCancel, false), func(ctx context.Context) (lro.Operation, error) {
		return r.Remove(ctx, r.in.Target)
	})
	if err == nil {
		err = r.deleteError(ctx, op)
	}
	switch {
	case err == nil:
		return RemoveDeleted, nil
	case errors.Is(err, undos.ErrRunning): // its end tells, and not that the target is out of sight
		return "", err
	case lro.Classify(err) == lro.ClassNotFound:
		return r.absent()
	case mayHaveActed(err) && r.isGone(ctx):
		return RemoveAbsent, nil
	default:
		return "", err
	}
}

// requests describes requests of the attempt.
func (r removal) requests(method string, priority poller.Priority, selfPaced bool) requests {
	return requests{
		poller: r.poller, selfPaced: selfPaced, priority: priority,
		service: r.Service, target: r.in.Target, method: method,
	}
}

// find reads the target.
func (r removal) find(ctx context.Context) (*Resource, error) {
	return withinBudget(ctx, r.requests("Get", poller.PriorityStart, r.SelfPaced), func(ctx context.Context) (*Resource, error) {
		return r.Find(ctx, r.in.Target, r.in.Key)
	})
}

// isGone reports whether the target is known not to be there.
func (r removal) isGone(ctx context.Context) bool {
	target, err := r.find(ctx)
	return err == nil && (target == nil || target.Deleted)
}

// keep returns why the target is not deleted, "" if it is the caller's. Its error says that nothing is
// sent now: the target cannot be read, or is being deleted.
func (r removal) keep(ctx context.Context) (RemoveResult, error) {
	target, err := r.find(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case target == nil:
		return r.absent()
	case target.Deleted:
		return RemoveAbsent, nil
	}
	kept, err := r.reasonToKeep(ctx, target)
	if kept == "" && err == nil && target.Deleting {
		return "", r.deleting(ctx)
	}
	return kept, err
}

// reasonToKeep is why a target that is there is not deleted, "" if it is the caller's.
func (r removal) reasonToKeep(ctx context.Context, target *Resource) (RemoveResult, error) {
	in := r.in
	if readsOperation(target, in) {
		made, err := r.createTime(ctx)
		if err != nil {
			return "", err
		}
		in.CreateTime = made
	}
	kept := reasonToKeep(target, in)
	if kept != "" || r.Makers == nil || !asksMakers(target, in) {
		return kept, nil
	}
	makers, err := withinBudget(ctx, r.requests("ListOperations", poller.PriorityStart, r.SelfPaced), func(ctx context.Context) ([]Operation, error) {
		return r.Makers(ctx, r.in.Target)
	})
	if err != nil {
		return "", err
	}
	return madeByAnother(makers, r.in.Operation), nil
}

// limited reports whether the delete is not for whoever's resource.
func (in RemoveInput) limited() bool {
	return in.Key != "" || in.Operation != "" || !in.Since.IsZero() || !in.CreateTime.IsZero()
}

// readsOperation reports whether the operation may tell whose the resource is: it has
// succeeded, and the resource says when it was made, but not by its mark that it is the caller's.
func readsOperation(target *Resource, in RemoveInput) bool {
	return in.Operation != "" && in.Since.IsZero() && in.CreateTime.IsZero() && target.Owner != Ours && !target.CreateTime.IsZero()
}

// asksMakers reports whether the other operations on the resource may tell whose it is.
func asksMakers(target *Resource, in RemoveInput) bool {
	return in.Operation != "" && in.CreateTime.IsZero() && target.Owner == Unmarked
}

// createTime reads in the response of the caller's operation when that made the resource. It returns
// zero if the operation does not say, and if its record is gone or cannot be read for good. A refusal
// that may pass is an error, because the resource may be somebody else's.
func (r removal) createTime(ctx context.Context) (time.Time, error) {
	op, err := r.poller.At(poller.PriorityStart).GetOperation(ctx, lro.Ref{Service: r.Service, Name: r.in.Operation})
	if err != nil && (mayPass(err) || lro.Classify(err) == lro.ClassBlocked) {
		return time.Time{}, err
	}
	return createtime.Of(op.Response), nil
}

// reasonToKeep says why a resource is not to be deleted by its mark and its age, "" if it is
// the caller's.
func reasonToKeep(target *Resource, in RemoveInput) RemoveResult {
	ours := false
	switch {
	case !in.CreateTime.IsZero() && !target.CreateTime.IsZero():
		ours = target.CreateTime.Equal(in.CreateTime)
	case target.Owner != Unmarked:
		ours = target.Owner == Ours && (in.Since.IsZero() || notOlder(target.CreateTime, in.Since))
	case in.Since.IsZero():
		ours = true
	case target.CreateTime.IsZero():
		return RemoveUnknown
	default:
		ours = notOlder(target.CreateTime, in.Since) && (in.Until.IsZero() || !target.CreateTime.After(in.Until.Add(maxClockSkew)))
	}
	if !ours {
		return RemoveNotOurs
	}
	return ""
}

// madeByAnother says that a resource is somebody else's if the newest operation alive that may
// have made it is not the caller's, "" otherwise.
func madeByAnother(makers []Operation, own string) RemoveResult {
	for _, op := range makers {
		switch {
		case op.Name == own:
			return ""
		case op.alive():
			return RemoveNotOurs
		}
	}
	return ""
}
