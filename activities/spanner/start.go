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
)

// starting is one attempt of a starter.
type starting struct {
	*Activities
	method *method
	in     activities.StartInput
	call   call
	mayRun bool // whether a call's end is not known
}

// start starts the method's operation, or adopts the one that was started.
func (a *Activities) start(ctx context.Context, m *method, in activities.StartInput) (activities.StartOutput, error) {
	s := &starting{Activities: a, method: m, in: in}
	if err := s.prepare(); err != nil {
		failure := lro.Invalid(lro.Ref{}, err)
		failure.Resources = []string{in.Target}
		return activities.StartOutput{}, failure.Err()
	}
	out, err := s.run(ctx)
	if err != nil {
		return activities.StartOutput{}, s.failed(ctx, err)
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
	s.call = made
	return err
}

// run looks, records its intent, calls, and looks again where the call's end is
// not known.
func (s *starting) run(ctx context.Context) (activities.StartOutput, error) {
	earlier := recorded(ctx)
	s.mayRun = earlier != nil || s.in.AdoptOnly
	var taken []string
	if earlier != nil {
		taken = earlier.Taken
	}
	seen, err := s.look(ctx, s.method, s.in, s.call, taken)
	if err != nil {
		return activities.StartOutput{}, err
	}
	if s.in.Survey {
		known := seen.known()
		return activities.StartOutput{Known: &known}, nil
	}
	if s.in.AdoptOnly {
		return s.adopt(seen, s.surveyed())
	}
	if out, err := s.adopt(seen, earlier); out.Found || err != nil {
		return out, err
	}
	now := newIntent(ctx, seen, earlier)
	now.record(ctx)
	op, err := s.send(ctx, now.OperationID)
	switch {
	case err == nil:
		return found(op, false), nil
	case !mayHaveStarted(err):
		if earlier == nil {
			now.Disarmed = true
			now.record(ctx)
		}
		return activities.StartOutput{}, err
	case statusOf(err).Code == lro.CodeAlreadyExists && earlier == nil && !s.in.Retried && !s.method.ids:
		// The first call of all was refused: somebody else was faster.
		return activities.StartOutput{}, s.notOurs()
	}
	s.mayRun = true
	seen, lookErr := s.look(ctx, s.method, s.in, s.call, now.Taken)
	if lookErr != nil {
		seen = sight{} // the call's error is the one to tell
	} else if out, err := s.adopt(seen, now); out.Found || err != nil {
		return out, err
	}
	if statusOf(err).Code == lro.CodeAlreadyExists {
		return activities.StartOutput{}, s.unseen(ctx, now)
	}
	return activities.StartOutput{}, err
}

// surveyed is what was there before the start, as an intent: nil if nobody
// looked.
func (s *starting) surveyed() *intent {
	if s.in.Known == nil {
		return nil
	}
	return &intent{Known: *s.in.Known}
}

// mayHaveStarted reports whether an operation may run in spite of the error: no
// reply came, it says nothing for sure, or it says that something is there.
func mayHaveStarted(err error) bool {
	status := statusOf(err)
	return status.Code == lro.CodeAlreadyExists || transient(err) && status.Code != lro.CodeResourceExhausted && !quota(err)
}

// adopt returns the operation that is the caller's own, Found false if there is
// none. Its error says that the target is somebody else's. before is what was
// there before any call, nil if none has been made: then nothing is the caller's
// but what bears its key, or an earlier run of the workflow may have started.
func (s *starting) adopt(seen sight, before *intent) (activities.StartOutput, error) {
	if before != nil {
		if own := before.broughtAbout(seen); own != nil && (!s.in.AdoptOnly || own.alive()) {
			return found(own.Operation, true), nil
		}
	}
	if !s.method.creates {
		return s.adoptChange(seen), nil
	}
	if seen.resource != nil {
		return s.adoptResource(seen, before)
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
func (s *starting) adoptResource(seen sight, before *intent) (activities.StartOutput, error) {
	if !s.owns(seen, before) {
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
func (s *starting) owns(seen sight, before *intent) bool {
	if s.method.target.labels {
		return seen.resource.madeBy(s.in.Key)
	}
	// Of those without labels, the metadata of some holds the request.
	madeOtherwise := len(seen.ids) > 0 && len(seen.operations) == 0
	switch {
	case madeOtherwise:
		return false
	case before != nil && !before.Exists:
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
	return &activities.Error{Method: s.method.name, Status: lro.Status{
		Code: lro.CodeAlreadyExists, Message: s.in.Target + " exists and was not made by this workflow",
	}}
}

// unavailable is to be tried again.
func (s *starting) unavailable(what string) error {
	return &activities.Error{Method: s.method.name, Status: lro.Status{Code: lro.CodeUnavailable, Message: s.in.Target + what}}
}

// readLag is for how long what exists may not be readable everywhere.
const readLag = time.Minute

// unseen is the error of a call that was answered with ALREADY_EXISTS where
// nothing can be seen, such as the caller's own that cannot be read yet. An
// operation's id that stays so belongs to one whose record is gone: the next
// attempt takes another.
func (s *starting) unseen(ctx context.Context, now *intent) error {
	if s.method.ids && activity.GetInfo(ctx).StartedTime.Sub(now.At) > readLag {
		now.Taken, now.OperationID = append(now.Taken, now.OperationID), ""
		now.record(ctx)
	}
	return s.unavailable(" or its operation exists, but cannot be seen yet")
}

// send makes the call.
func (s *starting) send(ctx context.Context, id string) (lro.Operation, error) {
	var started *api.Operation
	err := s.client.Call(ctx, s.method.name, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
		started, err = s.call.start(ctx, s.api, id, options)
		return err
	})
	if err != nil {
		return lro.Operation{}, err
	}
	op, err := operationOf(started)
	if err != nil {
		// A 200 that is no operation may be a proxy's: look what came of it.
		return lro.Operation{}, &activities.Error{Method: s.method.name, HTTP: started.HTTPStatusCode, Cause: err, Status: lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
	}
	return op, nil
}

// operationOf reads the generated client's operation.
func operationOf(started *api.Operation) (lro.Operation, error) {
	raw, err := json.Marshal(started)
	if err != nil {
		return lro.Operation{}, fmt.Errorf("encode the operation: %w", err)
	}
	return lro.ParseOperation(raw)
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

// failed turns err into the activity's: to be tried again, or final.
func (s *starting) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	notOurs := statusOf(err).Code == lro.CodeAlreadyExists // that has been found out
	failure := lro.Failure{Type: lro.TypeStartFailed, StartError: statusOf(err), MayRun: s.mayRun && !notOurs, Resources: []string{s.in.Target}}
	if !transient(err) && !s.in.Insist {
		return failure.Err()
	}
	after := s.retryAfter(err, activity.GetInfo(ctx).Attempt)
	if s.mayRun && !s.method.creates && !s.method.ids {
		after = max(after, ambiguousDelay)
	}
	return failure.RetryableErr(after)
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
		advice = failed.RetryAfter
	}
	if !quota(err) {
		return advice
	}
	delay := min(firstQuotaDelay<<min(attempt-1, 4), maxQuotaDelay)
	return max(advice, delay+time.Duration(a.random()*float64(delay)/4))
}
