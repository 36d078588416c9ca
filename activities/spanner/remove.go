package spanner

import (
	"context"

	"go.temporal.io/sdk/activity"
	"google.golang.org/api/googleapi"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// remove deletes a resource, unless it is not there or not the caller's. A lost
// reply is no harm: the next attempt finds it absent.
//
// Every refusal of the service is retried, by the retry policy of the caller: an
// instance that still holds backups, or a permission that is missing, is for
// somebody to mend while the undo waits.
func (a *Activities) remove(ctx context.Context, k *kind, in activities.RemoveInput) (activities.RemoveOutput, error) {
	err := in.Validate()
	if err == nil {
		err = a.allow(k, "target", in.Target)
	}
	if err != nil {
		return activities.RemoveOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	out, err := a.removeOwn(a.poller.Arrived(ctx), k, in)
	if err != nil && ctx.Err() != nil {
		return activities.RemoveOutput{}, ctx.Err()
	}
	if err != nil {
		return activities.RemoveOutput{}, removeFailed(in.Target, err, a.core.Retry(ctx, in.Deadline, a.retryAfter(err, activity.GetInfo(ctx).Attempt)))
	}
	return out, nil
}

func (a *Activities) removeOwn(ctx context.Context, k *kind, in activities.RemoveInput) (activities.RemoveOutput, error) {
	if in.Key != "" || !in.Since.IsZero() || !in.CreateTime.IsZero() {
		seen, err := a.find(ctx, k, in.Target)
		switch {
		case err != nil:
			return activities.RemoveOutput{}, err
		case seen == nil:
			return activities.RemoveOutput{Result: activities.RemoveAbsent}, nil
		}
		whose := k.whose(seen, in)
		if whose == "" && in.Operation != "" && !k.labels {
			whose, err = a.madeBy(ctx, k, in)
		}
		if err != nil || whose != "" {
			return activities.RemoveOutput{Result: whose}, err
		}
	}
	err := a.call(ctx, poller.PriorityCancel, "Delete"+k.name, in.Target, func(ctx context.Context, options ...googleapi.CallOption) error {
		return k.remove(ctx, a.api, in.Target, options)
	})
	switch {
	case err == nil:
		return activities.RemoveOutput{Result: activities.RemoveDeleted}, nil
	case lro.Classify(err) == lro.ClassNotFound:
		return activities.RemoveOutput{Result: activities.RemoveAbsent}, nil
	case statusOf(err).Code == lro.CodeInternal:
		if seen, findErr := a.find(ctx, k, in.Target); findErr == nil && seen == nil {
			return activities.RemoveOutput{Result: activities.RemoveAbsent}, nil
		}
		return activities.RemoveOutput{}, err
	default:
		return activities.RemoveOutput{}, err
	}
}

// whose says why a resource is not to be deleted, "" if it is the caller's.
func (k *kind) whose(seen *resource, in activities.RemoveInput) activities.RemoveResult {
	ours := false
	switch {
	case !in.CreateTime.IsZero() && !seen.CreateTime.IsZero():
		ours = seen.CreateTime.Equal(in.CreateTime)
	case k.labels && in.Key != "":
		ours = seen.madeBy(in.Key) && (in.Since.IsZero() || seen.notOlder(in.Since))
	case in.Since.IsZero():
		ours = true
	case seen.CreateTime.IsZero():
		return activities.RemoveUnknown
	default:
		ours = seen.notOlder(in.Since) && (in.Until.IsZero() || !seen.CreateTime.After(in.Until.Add(activities.MaxClockSkew)))
	}
	if !ours {
		return activities.RemoveNotOurs
	}
	return ""
}

// madeBy says that a resource is somebody else's if the newest operation that may
// have made it is another than the caller's, "" otherwise.
func (a *Activities) madeBy(ctx context.Context, k *kind, in activities.RemoveInput) (activities.RemoveResult, error) {
	var all []candidate
	for _, m := range methods {
		if m.target != k || !m.creates {
			continue
		}
		found, err := a.operations(ctx, m, in.Target)
		if err != nil {
			return "", err
		}
		all = append(all, found...)
	}
	newestFirst(all)
	for _, op := range all {
		switch {
		case op.Name == in.Operation:
			return "", nil
		case op.alive():
			return activities.RemoveNotOurs, nil
		}
	}
	return "", nil
}

// get reads a resource.
func (a *Activities) get(ctx context.Context, k *kind, in activities.ResourceInput) (activities.ResourceOutput, error) {
	err := in.Validate()
	if err == nil {
		err = a.allow(k, "name", in.Name)
	}
	if err != nil {
		return activities.ResourceOutput{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	seen, err := a.find(ctx, k, in.Name)
	if err != nil && ctx.Err() != nil {
		return activities.ResourceOutput{}, ctx.Err()
	}
	if err != nil {
		return activities.ResourceOutput{}, readFailed(in.Name, err, a.retryAfter(err, activity.GetInfo(ctx).Attempt))
	}
	if seen == nil {
		return activities.ResourceOutput{}, nil
	}
	return activities.ResourceOutput{Found: true, Resource: seen.raw}, nil
}
