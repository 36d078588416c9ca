package starters

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Activity is a [Starter], a [Remover] or a [Getter].
type Activity interface {
	// Register registers the activity under a name. core are the activities over the
	// Poller of the worker's awaits, so that all requests share the budget. It panics if a
	// required field is missing, and as the SDK does if the name is taken.
	Register(registry activities.Registry, core *activities.Activities, name string)
}

// Starter starts operations of one method of an API. R is the type of its request.
//
// Find and Start are called with a context that ends with the attempt, by default after a
// minute, and not when the workflow is canceled: an attempt goes on until it knows what it
// has started. They are called by many attempts at once.
type Starter[R any] struct {
	// Service is the service that has the operations, such as
	// "artifactregistry.googleapis.com". Required.
	Service string
	// Method names the API's method in errors, such as "CreateRepository". Default: the
	// last part of the activity's name.
	Method string
	// Changes says that the method changes a target that is there. Otherwise it makes the
	// target, and a target that is there was made by it.
	Changes bool
	// Check refuses a target before anything is sent. It returns an *lro.InvalidError for
	// the given field, or nil. Default: each name is allowed.
	Check func(field, target string) error
	// Decode reads the request and refuses what cannot be right, with an *lro.InvalidError.
	// Default: [DecodeRequest] of the Request.
	Decode func(want Want[json.RawMessage]) (R, error)
	// Find reads the target and the method's operations on it. It is called before Start,
	// and again if it is open whether Start acted. Required.
	Find func(ctx context.Context, want Want[R]) (Seen, error)
	// Start makes the call, once, and returns the operation that it started: its name, or
	// the operation done. seen is what Find has just found. Required.
	Start func(ctx context.Context, want Want[R], seen Seen) (lro.Operation, error)
	// SelfPaced says that Find makes its requests by the Poller, each within the budget.
	// Otherwise a call of Find counts as one request of the budget, as a call of Start
	// always does.
	SelfPaced bool
}

// Want is what the caller of a starter wants.
type Want[R any] struct {
	// Target is the resource to make or change, such as "projects/p/locations/l/things/t".
	Target string
	// Key marks what is started as the caller's: a letter, then at most 50 letters, digits
	// and underscores, in lower case. It stays the same in each retry, reset and release
	// of the workflow, and is another one for each step.
	Key string
	// Request is the step's.
	Request R
	// Retried says that an earlier run of the workflow may have started the operation.
	Retried bool
	// TakenIDs are operation ids that cannot be used: they are taken by operations that
	// the service does not show.
	TakenIDs []string
}

// DecodeRequest reads a request's JSON into an R. It refuses, with an [*lro.InvalidError],
// a field that R does not have. An empty request is the zero R.
func DecodeRequest[R any](request json.RawMessage) (R, error) {
	var out R
	if len(bytes.TrimSpace(request)) == 0 {
		return out, nil
	}
	return out, lro.DecodeStrict("request", request, &out)
}

// Register registers the starter as an activity that takes an activities.StartInput, under
// the name that a step's Activity has, see [Activity].
func (s Starter[R]) Register(registry activities.Registry, core *activities.Activities, name string) {
	if s.Service == "" || s.Find == nil || s.Start == nil || core == nil {
		panic(fmt.Sprintf("starters: %s: a starter needs Service, Find, Start and the activities", name))
	}
	s.Method = cmp.Or(s.Method, lastPart(name))
	run := func(ctx context.Context, in activities.StartInput) (activities.StartOutput, error) {
		return s.run(ctx, core, in)
	}
	registry.RegisterActivityWithOptions(activities.Timed(core, run), activity.RegisterOptions{Name: name})
}

// lastPart is the part of an activity's name after its last dot.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// run is one attempt to start.
func (s Starter[R]) run(ctx context.Context, core *activities.Activities, in activities.StartInput) (activities.StartOutput, error) {
	want, err := s.want(in)
	if err != nil {
		return activities.StartOutput{}, refuse(in.Target, err)
	}
	a := &attempt[R]{
		starter: s, core: core, want: want, began: activity.GetInfo(ctx).StartedTime,
		claim: claim{changes: s.Changes, input: in, known: in.Known},
	}
	out, err := a.run(core.Poller().Arrived(ctx))
	if err != nil {
		return a.failed(ctx, err)
	}
	out.Operation = fitting(out.Operation)
	return out, nil
}

// want reads the input. Its error is an [*lro.InvalidError].
func (s Starter[R]) want(in activities.StartInput) (Want[R], error) {
	raw := Want[json.RawMessage]{Target: in.Target, Key: in.Key, Retried: in.Retried, Request: in.Request}
	want := Want[R]{Target: in.Target, Key: in.Key, Retried: in.Retried}
	if err := in.Validate(); err != nil {
		return want, err
	}
	if s.Check != nil {
		if err := s.Check("target", in.Target); err != nil {
			return want, err
		}
	}
	decode := s.Decode
	if decode == nil {
		decode = func(raw Want[json.RawMessage]) (R, error) { return DecodeRequest[R](raw.Request) }
	}
	var err error
	want.Request, err = decode(raw)
	return want, err
}

// fitting is an operation that fits a payload. A success that does not is cut to its name:
// awaiting it finds that its response does not fit, and says so.
func fitting(op lro.Operation) lro.Operation {
	bounded, fits := op.Bound()
	if !fits && bounded.State() == lro.StateSucceeded {
		return lro.Operation{Name: bounded.Name}
	}
	return bounded
}

// attempt is one attempt of a starter.
type attempt[R any] struct {
	claim
	starter Starter[R]
	core    *activities.Activities
	want    Want[R]
	began   time.Time // by Temporal's clock
}

// run looks, and calls if nothing is the caller's.
func (a *attempt[R]) run(ctx context.Context) (activities.StartOutput, error) {
	seen, err := a.find(ctx)
	if err != nil {
		return activities.StartOutput{}, err
	}
	if out, err := a.settle(seen); out.Found || err != nil || a.input.AdoptOnly {
		return out, err
	}
	return a.call(ctx, seen)
}

// call records the intent, calls, and looks again if it is open whether the call acted.
func (a *attempt[R]) call(ctx context.Context, seen Seen) (activities.StartOutput, error) {
	intent := intentOf(seen, a.known, a.began)
	// The SDK sends an attempt's first heartbeat at once and waits for it. If that fails,
	// it cancels the attempt's context and no call is made.
	activity.RecordHeartbeat(ctx, intent)
	op, err := a.send(ctx, seen)
	switch {
	case err == nil:
		return a.found(op, false), nil
	case !mayHaveActed(err):
		return activities.StartOutput{}, err
	case a.wasTaken(err, seen):
		return activities.StartOutput{}, a.notOurs()
	}
	a.known = intent
	return a.lookAfter(ctx, err)
}

// wasTaken reports whether a refused call says that the target is somebody else's: it was
// the first of all, so that somebody else was faster.
func (a *attempt[R]) wasTaken(err error, seen Seen) bool {
	return lro.Classify(err) == lro.ClassExists && a.known == nil && !a.input.Retried && seen.OperationID == ""
}

// lookAfter looks for what a call has started whose error leaves that open.
func (a *attempt[R]) lookAfter(ctx context.Context, callErr error) (activities.StartOutput, error) {
	seen, lookErr := a.find(ctx)
	if lookErr == nil {
		if out, err := a.settle(seen); out.Found || err != nil {
			return out, err
		}
	}
	switch class := lro.Classify(callErr); {
	case class == lro.ClassExists:
		// Not somebody else's as far as can be seen: reads may lag.
		giveWay(a.known, a.began)
		return activities.StartOutput{}, a.unavailable(" or its operation exists, but cannot be seen yet")
	case class == lro.ClassUnreadable && lookErr != nil:
		return activities.StartOutput{}, lookErr // says whether another look may find what was made
	case class == lro.ClassUnreadable:
		return activities.StartOutput{}, a.unavailable(" was made or changed, but that cannot be seen yet: the answer is too large to be read")
	default:
		return activities.StartOutput{}, callErr
	}
}

// find reads what there is.
func (a *attempt[R]) find(ctx context.Context) (Seen, error) {
	a.want.TakenIDs = takenIDs(a.known)
	return paced(ctx, a.requests(a.starter.SelfPaced), func(ctx context.Context) (Seen, error) {
		return a.starter.Find(ctx, a.want)
	})
}

// requests are those of the attempt.
func (a *attempt[R]) requests(selfPaced bool) requests {
	return requests{
		poller: a.core.Poller(), selfPaced: selfPaced, priority: poller.PriorityStart,
		service: a.starter.Service, target: a.want.Target, method: a.starter.Method,
	}
}

// settle adopts what is the caller's. Found is false if nothing is; the error says that
// the target is somebody else's, or cannot be adopted yet.
func (a *attempt[R]) settle(seen Seen) (activities.StartOutput, error) {
	switch v, op := a.judge(seen); v {
	case verdictAdopt, verdictMade:
		return a.found(op, true), nil
	case verdictOthers:
		return activities.StartOutput{}, a.notOurs()
	case verdictUnlisted:
		return activities.StartOutput{}, a.unavailable(" is being created, but its operation is not listed")
	default:
		return activities.StartOutput{}, nil
	}
}

// send makes the call within the Poller's budget.
func (a *attempt[R]) send(ctx context.Context, seen Seen) (op lro.Operation, err error) {
	op, err = paced(ctx, a.requests(false), func(ctx context.Context) (lro.Operation, error) {
		return a.starter.Start(ctx, a.want, seen)
	})
	if err == nil && !op.Done {
		err = a.named(op)
	}
	return op, err
}

// named refuses a running operation whose name is no operation's: it may be a proxy's
// answer, or a resource's.
func (a *attempt[R]) named(op lro.Operation) error {
	if (lro.Ref{Service: a.starter.Service, Name: op.Name}).Validate() == nil {
		return nil
	}
	cause := fmt.Errorf("%w: its name is %.200q", lro.ErrNotOperation, op.Name)
	return &lro.Error{Method: a.starter.Method, Cause: cause, Status: lro.Status{Code: lro.CodeUnknown, Message: cause.Error()}}
}

// found is the output for an operation of the starter's service.
func (a *attempt[R]) found(op lro.Operation, adopted bool) activities.StartOutput {
	out := activities.StartOutput{Found: true, Operation: op, Adopted: adopted}
	if op.Name != "" {
		out.Ref = lro.Ref{Service: a.starter.Service, Name: op.Name}
	}
	return out
}

func (a *attempt[R]) notOurs() error {
	return &lro.Error{Method: a.starter.Method, Status: lro.Status{
		Code: lro.CodeAlreadyExists, Message: a.want.Target + " exists and was not made by this workflow",
	}}
}

// unavailable is an error after which the start is tried again.
func (a *attempt[R]) unavailable(problem string) error {
	return &lro.Error{Method: a.starter.Method, Status: lro.Status{Code: lro.CodeUnavailable, Message: a.want.Target + problem}}
}
