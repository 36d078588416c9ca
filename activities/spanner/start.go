package spanner

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// starting is one attempt of a starter.
type starting struct {
	*Activities
	method *method
	in     activities.StartInput
	made   call
	known  *intent // of the first call whose end is not known; nil if there is none
}

// start starts the method's operation, or adopts the one that was started.
func (a *Activities) start(ctx context.Context, m *method, in activities.StartInput) (activities.StartOutput, error) {
	s := &starting{Activities: a, method: m, in: in}
	if err := s.prepare(); err != nil {
		failure := lro.Invalid(lro.Ref{}, err)
		failure.Resources = []string{in.Target}
		return activities.StartOutput{}, activities.NewError(failure)
	}
	out, err := s.run(a.poller.Arrived(ctx))
	if err != nil {
		return s.failed(ctx, err)
	}
	bounded, fits := out.Operation.Bound()
	if !fits && bounded.State() == lro.StateSucceeded {
		// Awaiting it finds that its response does not fit, and says so.
		bounded = lro.Operation{Name: bounded.Name}
	}
	out.Operation = bounded
	return out, nil
}

func (s *starting) prepare() error {
	if err := s.in.Validate(); err != nil {
		return err
	}
	if err := s.allow(s.method.target, "target", s.in.Target); err != nil {
		return err
	}
	made, err := s.method.prepare(s.in)
	s.made = made
	return err
}

// run looks, records its intent, calls, and looks again where the call's end is
// not known.
func (s *starting) run(ctx context.Context) (activities.StartOutput, error) {
	s.known = (*intent)(s.in.Known)
	seen, err := s.look(ctx, s.method, s.in, s.made, s.known.taken())
	if err != nil {
		return activities.StartOutput{}, err
	}
	if out, err := s.adopt(seen); out.Found || err != nil || s.in.AdoptOnly {
		return out, err
	}
	now := newIntent(ctx, seen, s.known)
	now.record(ctx)
	op, err := s.send(ctx, now.OperationID)
	class := lro.Classify(err)
	switch {
	case err == nil:
		return found(op, false), nil
	case !class.MayHaveActed():
		return activities.StartOutput{}, err
	case class == lro.ClassExists && s.known == nil && !s.in.Retried && !s.method.ids:
		// The first call of all was refused: somebody else was faster.
		return activities.StartOutput{}, s.notOurs()
	}
	s.known = now
	seen, lookErr := s.look(ctx, s.method, s.in, s.made, now.Taken)
	if lookErr == nil { // otherwise the call's error is the one to tell
		if out, err := s.adopt(seen); out.Found || err != nil {
			return out, err
		}
	}
	switch {
	case class == lro.ClassExists:
		// Not somebody else's as far as anybody can see: reads may lag.
		now.giveWay(ctx)
		return activities.StartOutput{}, s.unavailable(" or its operation exists, but cannot be seen yet")
	case class == lro.ClassUnreadable && lookErr != nil:
		return activities.StartOutput{}, lookErr // whether another look may find what was made
	case class == lro.ClassUnreadable:
		return activities.StartOutput{}, s.unavailable(" was made or changed, but that cannot be seen yet: the answer is too large to be read")
	default:
		return activities.StartOutput{}, err
	}
}

// adopt returns the operation that is the caller's own, Found false if there is
// none. Its error says that the target is somebody else's. As long as no call has
// been made nothing is the caller's but what bears its key, or an earlier run of
// the workflow may have started.
func (s *starting) adopt(seen sight) (activities.StartOutput, error) {
	if s.known != nil {
		if own := s.known.broughtAbout(seen); own != nil && (!s.in.AdoptOnly || own.alive()) {
			return found(own.Operation, true), nil
		}
	}
	if !s.method.creates {
		return s.adoptChange(seen), nil
	}
	if seen.resource != nil {
		return s.adoptResource(seen)
	}
	for _, op := range seen.operations {
		if op.State() != lro.StateRunning {
			continue
		}
		if s.method.target.labels || s.in.Retried && op.notOlder(s.in.Since) {
			return found(op.Operation, true), nil
		}
		if !s.in.AdoptOnly {
			return activities.StartOutput{}, s.notOurs()
		}
	}
	return activities.StartOutput{}, nil
}

// adoptResource adopts what made the resource, if it is the caller's.
func (s *starting) adoptResource(seen sight) (activities.StartOutput, error) {
	if !s.owns(seen) {
		if s.in.AdoptOnly {
			return activities.StartOutput{}, nil
		}
		return activities.StartOutput{}, s.notOurs()
	}
	for _, op := range seen.operations {
		if op.alive() {
			return found(op.Operation, true), nil
		}
	}
	if seen.resource.State == "CREATING" {
		return activities.StartOutput{}, s.unavailable(" is being created, but its operation is not listed")
	}
	return done(s.method.target, seen.resource), nil
}

// owns reports whether the resource is the caller's.
func (s *starting) owns(seen sight) bool {
	if s.method.target.labels {
		return seen.resource.madeBy(s.in.Key)
	}
	// Of those without labels, the metadata of some holds the request.
	madeOtherwise := len(seen.ids) > 0 && len(seen.operations) == 0
	switch {
	case madeOtherwise:
		return false
	case s.known != nil && !s.known.Exists:
		return true // it came to be after the call
	default:
		return s.in.Retried && !seen.resource.CreateTime.IsZero() && seen.resource.notOlder(s.in.Since)
	}
}

// adoptChange adopts a change of a resource that an earlier run of the workflow
// started and that has not been undone with the resource: of changes with ids,
// the newest as requested; of others, the method's last on the target, if it is
// as requested.
func (s *starting) adoptChange(seen sight) activities.StartOutput {
	if !s.in.Retried || seen.resource == nil {
		return activities.StartOutput{}
	}
	for _, op := range seen.operations {
		last := lastSegment(op.Name) == seen.ids[0]
		inTime := s.method.ids || last && op.notOlder(s.in.Since)
		if inTime && op.alive() && (s.method.target.undated || seen.resource.outlives(op)) {
			return found(op.Operation, true)
		}
	}
	return activities.StartOutput{}
}

func (s *starting) notOurs() error {
	return &lro.Error{Method: s.method.name, Status: lro.Status{
		Code: lro.CodeAlreadyExists, Message: s.in.Target + " exists and was not made by this workflow",
	}}
}

// unavailable is to be tried again.
func (s *starting) unavailable(what string) error {
	return &lro.Error{Method: s.method.name, Status: lro.Status{Code: lro.CodeUnavailable, Message: s.in.Target + what}}
}

// send makes the call.
func (s *starting) send(ctx context.Context, id string) (lro.Operation, error) {
	var started *api.Operation
	err := s.call(ctx, poller.PriorityStart, s.method.name, s.in.Target, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
		started, err = s.made.start(ctx, s.api, id, options)
		return err
	})
	if err != nil {
		return lro.Operation{}, err
	}
	op, err := operationOf(started)
	if err != nil {
		// A 200 that is no operation may be a proxy's: look what came of it.
		return lro.Operation{}, &lro.Error{Method: s.method.name, HTTP: started.HTTPStatusCode, Cause: err, Status: lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
	}
	return op, nil
}

// operationOf reads the generated client's operation. The client has dropped the fields
// by which a resource shows: a running operation is told from one by its name.
func operationOf(started *api.Operation) (lro.Operation, error) {
	raw, err := json.Marshal(started)
	if err != nil {
		return lro.Operation{}, fmt.Errorf("encode the operation: %w", err)
	}
	op, err := lro.ParseOperation(raw)
	if err == nil && !op.Done {
		if err := (lro.Ref{Service: lro.SpannerService, Name: op.Name}).Validate(); err != nil {
			return lro.Operation{}, fmt.Errorf("%w: it is named as none is: %.200q", lro.ErrNotOperation, op.Name)
		}
	}
	return op, err
}

func found(op lro.Operation, adopted bool) activities.StartOutput {
	return activities.StartOutput{Found: true, Ref: lro.Ref{Service: lro.SpannerService, Name: op.Name}, Operation: op, Adopted: adopted}
}

// done stands for the operation that made a resource and whose record is gone:
// it ended with that resource.
func done(k *kind, r *resource) activities.StartOutput {
	var response map[string]any
	_ = json.Unmarshal(r.raw, &response) // it has been read before
	group := "instance.v1."
	if k == kindDatabase || k == kindBackup {
		group = "database.v1."
	}
	response["@type"] = typePrefix + group + k.name
	raw, _ := json.Marshal(response) // it came from JSON
	return activities.StartOutput{Found: true, Operation: lro.Operation{Done: true, Response: raw}, Adopted: true}
}

// failed says that the start is to be tried again, or turns err into the
// activity's.
func (s *starting) failed(ctx context.Context, err error) (activities.StartOutput, error) {
	if ctx.Err() != nil && s.known == nil {
		return activities.StartOutput{}, ctx.Err()
	}
	after := s.retryAfter(err, max(activity.GetInfo(ctx).Attempt, int32(min(s.in.Attempt, 100))))
	if s.known != nil && !s.method.creates && !s.method.ids {
		after = max(after, ambiguousDelay)
	}
	class := lro.Classify(err)
	again := ctx.Err() != nil || class.Retryable()
	if again && !s.in.AdoptOnly {
		return activities.StartOutput{Again: &activities.StartAgain{
			After: lro.DurationOf(after), Known: (*activities.Known)(s.known), Error: statusOf(err),
		}}, nil
	}
	notOurs := class == lro.ClassExists // that has been found out
	failure := lro.Failure{
		Type: lro.TypeStartFailed, StartError: statusOf(err), Resources: []string{s.in.Target},
		MayRun: (s.known != nil || s.in.AdoptOnly) && !notOurs,
	}
	retry := s.core.Retry(ctx, s.in.Deadline, after)
	if (again || s.in.Insist) && !retry.NonRetryable {
		return activities.StartOutput{}, activities.NewRetryableError(failure, after)
	}
	return activities.StartOutput{}, activities.NewError(failure)
}

// ambiguousDelay is how long a change that nothing marks as the caller's waits
// before it is sent again after a call whose end is not known: a list may lag,
// and a request that nobody waits for any more may still act.
const ambiguousDelay = 10 * time.Second

// The delays after a quota error, as java-spanner's ("administrative requests
// limit exceeded"): the quota is one of requests a minute.
const (
	firstQuotaDelay = 5 * time.Second
	maxQuotaDelay   = time.Minute
)

// retryAfter is the server's advice, and after a quota error at least 5 s
// doubled with each attempt, up to a minute, up to a quarter more at random. 0
// leaves it to the activity's retry policy.
func (a *Activities) retryAfter(err error, attempt int32) time.Duration {
	var advice time.Duration
	if failed, ok := asError(err); ok {
		advice = failed.Advice()
	}
	if lro.Classify(err) != lro.ClassQuota {
		return advice
	}
	delay := min(firstQuotaDelay<<min(attempt-1, 4), maxQuotaDelay)
	return max(advice, delay+time.Duration(a.random()*float64(delay)/4))
}
