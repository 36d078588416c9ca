package workflows

import (
	"cmp"

	"github.com/awaitop/awaitop/lro"
)

// or returns o with its zero fields taken from shared. SearchAttributes,
// FailWhenCanceled and DeleteWhenDone hold if one of the two says so.
func (o AwaitOptions) or(shared AwaitOptions) AwaitOptions {
	o.Policy = policyOr(o.Policy, shared.Policy)
	o.DeadlinePolicy = cmp.Or(o.DeadlinePolicy, shared.DeadlinePolicy)
	o.CancelPolicy = cmp.Or(o.CancelPolicy, shared.CancelPolicy)
	o.TaskQueue = cmp.Or(o.TaskQueue, shared.TaskQueue)
	o.ControlTaskQueue = cmp.Or(o.ControlTaskQueue, shared.ControlTaskQueue)
	o.SearchAttributes = o.SearchAttributes || shared.SearchAttributes
	o.FailWhenCanceled = o.FailWhenCanceled || shared.FailWhenCanceled
	o.DeleteWhenDone = o.DeleteWhenDone || shared.DeleteWhenDone
	o.Operation = cmp.Or(o.Operation, shared.Operation)
	theirs := shared.durations()
	for i, mine := range o.durations() {
		*mine.at = cmp.Or(*mine.at, *theirs[i].at)
	}
	return o
}

// policyOr returns p with its zero fields taken from shared.
func policyOr(p, shared lro.PollPolicy) lro.PollPolicy {
	p.InitialInterval = cmp.Or(p.InitialInterval, shared.InitialInterval)
	p.Coefficient = cmp.Or(p.Coefficient, shared.Coefficient)
	p.MaximumInterval = cmp.Or(p.MaximumInterval, shared.MaximumInterval)
	p.MaximumEstimate = cmp.Or(p.MaximumEstimate, shared.MaximumEstimate)
	p.YieldInterval = cmp.Or(p.YieldInterval, shared.YieldInterval)
	p.IgnoreProgress = p.IgnoreProgress || shared.IgnoreProgress
	return p
}
