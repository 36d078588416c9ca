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
)

// Activity is a [Starter], a [Remover] or a [Getter].
type Activity interface {
	// Register registers the activity under a name. Its requests share the budget of core's Poller,
	// so give it the activities of the worker's waits, or others over the same Poller. Register
	// panics if a required field is missing, and as the SDK does if the name is taken.
	Register(registry activities.Registry, core *activities.Activities, name string)
}

// Starter starts operations of one method of an API. R is the type of the method's request.
//
// The context of Find and Start ends with the attempt, by default after a minute. A cancel of the
// workflow does not end it: an attempt goes on until it knows what it started. Many attempts call
// the functions at once.
type Starter[R any] struct {
	// Service is the DNS name of the service that has the operations, such as
	// "artifactregistry.googleapis.com". Required.
	Service string
	// Method names the API's method in errors, such as "CreateRepository". Default: the activity's
	// name after its last dot.
	Method string
	// Changes says that the method changes a target that is there, such as an update. Otherwise the
	// method makes its target.
	Changes bool
	// Check returns an *lro.InvalidError for the given field if nothing may be sent about the target,
	// otherwise nil. Default: every valid name is allowed.
	Check func(field, target string) error
	// Decode reads the request. It returns an *lro.InvalidError for a request that cannot be right.
	// Nothing has been sent then. Default: [DecodeRequest].
	Decode func(want Want[json.RawMessage]) (R, error)
	// Find reads the target and the method's operations on it. An attempt calls it before Start, and
	// again if it is open whether Start acted. Required.
	Find func(ctx context.Context, want Want[R]) (Seen, error)
	// Start makes the call once. It returns the operation with at least its name, or the operation
	// done. seen is the result of the Find before. Required.
	Start func(ctx context.Context, want Want[R], seen Seen) (lro.Operation, error)
	// InTheWay finds the operation that runs on the target, after the service has refused a call because of
	// it. id is its id if the service has named it, otherwise "". The zero Ref says that none was found.
	// Without InTheWay a step awaits only an operation that the service names in full. Else it
	// tries again until it has no time left.
	InTheWay func(ctx context.Context, want Want[R], id string) (lro.Ref, error)
	// Of tells whose an operation is that a caller claims, by its method, its target and its mark. [Unmarked] says that
	// nothing tells. Default: nothing does.
	Of func(want Want[R], op lro.Operation) Owner
	// SelfPaced says that Find and InTheWay make their requests by the Poller, each within the budget. Otherwise a
	// call of each counts as one request. A call of Start always counts as one.
	SelfPaced bool
}

// Want is the operation that the caller of a starter wants.
type Want[R any] struct {
	// Target is the resource to make or change, such as "projects/p/locations/l/things/t".
	Target string
	// Key marks the operation as the caller's: a letter, then at most 50 letters, digits and
	// underscores, in lower case. It is the same in each retry, reset and release of the workflow.
	// Each step has its own.
	Key string
	// Request is the request of the step.
	Request R
	// Retried says that an earlier run of the workflow may have started the operation.
	Retried bool
	// MarkedOnly says that of that only what bears the Key is the caller's.
	MarkedOnly bool
	// Since is when the first run of the caller's workflow began.
	Since time.Time
	// Continued says that the run continues another one as new, and that the method changes its target.
	// Since is then when the run began: an older change of the same Key is another one.
	Continued bool
	// Now is when the attempt began, and Called when the first attempt that made a call did; zero if
	// none has. All three times are by Temporal's clock.
	Now, Called time.Time
	// Before are the ids of the method's operations on the target that were there before the first call,
	// the newest first, 100 at most. nil if no call was made.
	Before []string
	// TakenIDs are operation ids that cannot be used: they belong to operations that the service
	// does not show.
	TakenIDs []string
}

// DecodeRequest reads a request's JSON into an R. A field that R does not have is an
// [*lro.InvalidError]. An empty request is the zero R.
func DecodeRequest[R any](request json.RawMessage) (R, error) {
	var out R
	if len(bytes.TrimSpace(request)) == 0 {
		return out, nil
	}
	return out, lro.DecodeStrict("request", request, &out)
}

// Register registers the starter as an activity that takes a [StartInput]. A step names it
// in its field Activity. See [Activity].
func (s Starter[R]) Register(registry activities.Registry, core *activities.Activities, name string) {
	if s.Service == "" || s.Find == nil || s.Start == nil || core == nil {
		panic(fmt.Sprintf("starters: %s: a starter needs Service, Find, Start and the activities", name))
	}
	s.Method = cmp.Or(s.Method, lastPart(name))
	run := func(ctx context.Context, in StartInput) (StartOutput, error) {
		return s.Run(ctx, core, in)
	}
	registry.RegisterActivityWithOptions(activities.Timed(core, run), activity.RegisterOptions{Name: name})
}

// lastPart is an activity's name after its last dot.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// Run is one attempt to start, for an activity that chooses the starter by its input. s needs what
// [Starter.Register] needs, and a Method.
func (s Starter[R]) Run(ctx context.Context, core *activities.Activities, in StartInput) (StartOutput, error) {
	if s.Changes {
		in = in.ofChange()
	}
	want, err := s.want(in)
	if err != nil {
		return StartOutput{}, Refused(in.Target, err)
	}
	want.Now = core.ServerTime()
	a := &attempt[R]{
		starter: s, core: core, want: want, began: want.Now,
		claim: claim{changes: s.Changes, input: in, known: in.Known},
	}
	tried := core.Undoing(ctx, s.Service, in.Undo)
	out, err := a.run(core.Poller().Arrived(ctx))
	if tried(err); isOfClaim(err) {
		return StartOutput{}, Refused(in.Target, err)
	}
	if err != nil {
		return a.failed(ctx, err)
	}
	out.Operation = fitting(out.Operation)
	return out, nil
}

// want reads the input. Its error is an [*lro.InvalidError].
func (s Starter[R]) want(in StartInput) (Want[R], error) {
	raw := Want[json.RawMessage]{Target: in.Target, Key: in.Key, Retried: in.Retried, Request: in.Request}
	want := Want[R]{Target: in.Target, Key: in.Key, Retried: in.Retried, MarkedOnly: in.MarkedOnly, Since: in.Since}
	want.Continued = s.Changes && !in.ChangesSince.IsZero()
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

// fitting cuts an operation to what fits a payload. Of a success that does not fit it keeps the name:
// the wait reads it again, and reports that the response is too large. Without a name there is nothing to
// read again: the operation stays done, without its response, and Truncated says so.
func fitting(op lro.Operation) lro.Operation {
	bounded, fits := op.Bound()
	if !fits && bounded.Name != "" && bounded.State() == lro.StateSucceeded {
		return lro.Operation{Name: bounded.Name}
	}
	return bounded
}
