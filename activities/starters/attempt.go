package starters

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// attempt is one attempt of a starter. It is not safe for concurrent use.
type attempt[R any] struct {
	claim
	starter Starter[R]
	core    *activities.Activities
	want    Want[R]
	began   time.Time // by Temporal's clock
}

// run looks for the caller's operation, and starts one if there is none.
func (a *attempt[R]) run(ctx context.Context) (StartOutput, error) {
	if out, err := a.takeClaimed(ctx); out.Found || err != nil {
		return out, err
	}
	seen, err := a.find(ctx)
	if err != nil {
		return StartOutput{}, err
	}
	if out, err := a.settle(seen); out.Found || err != nil || a.input.AdoptOnly {
		return out, err
	}
	return a.call(ctx, seen)
}

// call records the intent and makes the call. If the answer leaves open whether the call acted, it
// looks again.
func (a *attempt[R]) call(ctx context.Context, seen Seen) (StartOutput, error) {
	intent := intentOf(seen, a.known, a.began)
	// The SDK sends an attempt's first heartbeat at once and waits for it. If the server does not
	// answer, or has ended the attempt, the SDK cancels its context and no call is made. If the server
	// refuses the heartbeat, as with PERMISSION_DENIED, the call is made without a record.
	activity.RecordHeartbeat(ctx, intent)
	op, err := a.send(ctx, seen)
	if out, blocked := a.blocked(ctx, intent, err); blocked {
		return out, nil
	}
	switch {
	case err == nil:
		return a.output(op, false), nil
	case !mayHaveActed(err):
		return StartOutput{}, err
	case seen.Repeats && lro.Classify(err) == lro.ClassExists, a.wasTaken(err, seen):
		return StartOutput{}, a.errNotOurs(seen)
	}
	if !a.tellsByMark(err, seen) {
		a.known = intent
	}
	return a.lookAfter(ctx, err)
}

// wasTaken reports whether err says that somebody else made the target between the look and the
// call. Only the first call of all tells: a later one may be refused for what an earlier one made.
func (a *attempt[R]) wasTaken(err error, seen Seen) bool {
	return lro.Classify(err) == lro.ClassExists && a.known == nil && !a.input.Retried && seen.OperationID == ""
}

// tellsByMark reports whether only a mark tells who has made a target that the first call of all has found: somebody
// else, or a late request of an earlier run.
func (a *attempt[R]) tellsByMark(err error, seen Seen) bool {
	return lro.Classify(err) == lro.ClassExists && a.known == nil && a.input.MarkedOnly && seen.OperationID == ""
}

// lookAfter looks for the operation of a call whose error callErr leaves open whether it acted.
func (a *attempt[R]) lookAfter(ctx context.Context, callErr error) (StartOutput, error) {
	seen, lookErr := a.find(ctx)
	if lookErr == nil {
		if out, err := a.settle(seen); out.Found || err != nil {
			return out, err
		}
	}
	switch class := lro.Classify(callErr); {
	case class == lro.ClassExists:
		// Nothing shows that the target is somebody else's: reads may lag.
		if a.known != nil {
			giveWay(a.known, a.began)
		}
		return StartOutput{}, a.errUnavailable(" or its operation exists, but cannot be seen yet")
	case class == lro.ClassUnreadable && lookErr != nil:
		return StartOutput{}, lookErr // it says whether another look may succeed
	case class == lro.ClassUnreadable:
		return StartOutput{}, a.errUnavailable(" was made or changed, but that cannot be seen yet: the answer is too large to be read")
	default:
		return StartOutput{}, callErr
	}
}

// find reads the target and its operations.
func (a *attempt[R]) find(ctx context.Context) (Seen, error) {
	a.want.TakenIDs, a.want.Called, a.want.Before = takenIDs(a.known), calledAt(a.known), listedBefore(a.known)
	return withinBudget(ctx, a.requests(a.starter.SelfPaced), func(ctx context.Context) (Seen, error) {
		return a.starter.Find(ctx, a.want)
	})
}

// requests describes the requests of the attempt.
func (a *attempt[R]) requests(selfPaced bool) requests {
	return requests{
		poller: a.core.Poller(), selfPaced: selfPaced, priority: poller.PriorityStart,
		service: a.starter.Service, target: a.want.Target, method: a.starter.Method,
	}
}

// settle adopts the caller's operation. If there is none, Found is false. Its error says that the
// target is somebody else's, or cannot be adopted yet.
func (a *attempt[R]) settle(seen Seen) (StartOutput, error) {
	switch v, op := a.judge(seen); v {
	case verdictAdopt, verdictMade:
		return a.output(op, true), nil
	case verdictOthers:
		return StartOutput{}, a.errNotOurs(seen)
	case verdictDeleting:
		return StartOutput{}, a.errUnavailable(" is being deleted")
	case verdictDeleted:
		return StartOutput{}, a.errTaken(" was deleted, but the service keeps it and its name")
	case verdictUnlisted:
		return StartOutput{}, a.errUnavailable(" is being created, but its operation is not listed")
	default:
		return StartOutput{Left: a.left(seen)}, nil
	}
}

// send makes the call within the Poller's budget.
func (a *attempt[R]) send(ctx context.Context, seen Seen) (op lro.Operation, err error) {
	op, err = withinBudget(ctx, a.requests(false), func(ctx context.Context) (lro.Operation, error) {
		return a.starter.Start(ctx, a.want, seen)
	})
	if err == nil && !op.Done {
		err = a.checkName(op)
	}
	return op, err
}

// checkName refuses a running operation without an operation's name. Such an answer may be a
// proxy's, or a resource.
func (a *attempt[R]) checkName(op lro.Operation) error {
	if (lro.Ref{Service: a.starter.Service, Name: op.Name}).Validate() == nil {
		return nil
	}
	cause := fmt.Errorf("%w: its name is %.200q", lro.ErrNotOperation, op.Name)
	return &lro.Error{Method: a.starter.Method, Cause: cause, Status: lro.Status{Code: lro.CodeUnknown, Message: cause.Error()}}
}

// output is the result for an operation of the starter's service.
func (a *attempt[R]) output(op lro.Operation, adopted bool) StartOutput {
	out := StartOutput{Found: true, Operation: op, Adopted: adopted}
	if op.Name != "" {
		out.Ref = lro.Ref{Service: a.starter.Service, Name: op.Name}
	}
	return out
}

// errNotOurs is the error for a target that is somebody else's, or that nothing marks.
func (a *attempt[R]) errNotOurs(seen Seen) error {
	if a.input.MarkedOnly && (seen.Target == nil || seen.Target.Owner == Unmarked) {
		return a.errTaken(" exists, and nothing tells that it was made for this key: with `since`, a run adopts it if it was made after that time")
	}
	return a.errTaken(" exists and was not made by this workflow")
}

// errTaken is the error for a target whose name cannot be had.
func (a *attempt[R]) errTaken(problem string) error {
	return &lro.Error{Method: a.starter.Method, Status: lro.Status{Code: lro.CodeAlreadyExists, Message: a.want.Target + problem}}
}

// errUnavailable is an error after which the start is tried again.
func (a *attempt[R]) errUnavailable(problem string) error {
	return &lro.Error{Method: a.starter.Method, Status: lro.Status{Code: lro.CodeUnavailable, Message: a.want.Target + problem}}
}
