package google

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// requestIDsKept is for how long a service is trusted to know a requestId. The documents promise 60
// minutes from the first request on.
const requestIDsKept = 55 * time.Minute

// repeats reports whether the service still knows the request ids of the calls before.
func (m method) repeats(in want) bool {
	first := in.Called
	if in.Retried {
		first = in.Since
	}
	return m.takesRequestID() && !first.IsZero() && in.Now.Sub(first) < requestIDsKept
}

// look reads the target and the method's operations on it. The first call of a method that takes a
// requestId needs no list: only a call whose reply was lost asks which operations are new.
func (a *Activities) look(ctx context.Context, in want) (starters.Seen, error) {
	m := in.Request.method
	seen := starters.Seen{Repeats: m.repeats(in)}
	var err error
	if seen.Target, err = a.target(ctx, m, in); err != nil {
		return seen, err
	}
	if m.takesRequestID() && in.Called.IsZero() && !in.Retried && !in.Continued {
		return seen, nil
	}
	seen.Operations, err = a.operations(ctx, m, in)
	seen.Operations = slices.DeleteFunc(seen.Operations, func(op starters.Operation) bool {
		return m.isVague(op, in.Target) && !m.mayHaveDone(op, seen.Target, in)
	})
	return seen, err
}

// mayHaveDone reports whether an operation on the resource that the target is in counts as one on the target. It may be a
// sibling's. One that has succeeded since the first call may have made the target that is there, or deleted the one that
// is not. For all else a further call is safe: the service refuses a name that is taken, and sets again what is set. Only
// what a POST starts has no such way, and counts.
func (m method) mayHaveDone(op starters.Operation, target *starters.Resource, in want) bool {
	succeeded := op.State() == lro.StateSucceeded && !isBefore(op, in)
	switch {
	case m.makes():
		return succeeded && target != nil
	case m.Verb == http.MethodDelete:
		return succeeded && target == nil
	default:
		return m.Verb == http.MethodPost
	}
}

// target reads the target. A change counts as one of a target that is there if none can be read.
func (a *Activities) target(ctx context.Context, m method, in want) (*starters.Resource, error) {
	key := in.Key
	if !m.makes() {
		key = "" // whose the target is says nothing of the change
	}
	if m.kind != nil {
		return a.find(ctx, m.kind, in.Target, key)
	}
	if !m.makes() {
		return &starters.Resource{Undated: true}, nil
	}
	return nil, nil
}

// find reads a resource; nil if there is none.
func (a *Activities) find(ctx context.Context, k *kind, name, key string) (*starters.Resource, error) {
	raw, err := a.get(ctx, k, name)
	if err != nil || raw == nil {
		return nil, err
	}
	return k.read(raw, key), nil
}

// get reads a resource's JSON; nil if there is none.
func (a *Activities) get(ctx context.Context, k *kind, name string) (json.RawMessage, error) {
	line, ok := k.GetMade(name)
	if !ok {
		return nil, &lro.InvalidError{Field: "target", Value: name, Want: "a name of the form " + k.Made()}
	}
	return a.client.Get(ctx, k.Service.Host, "Get", name, line)
}

// operations lists the method's operations on the target, the newest first. Those of before the first
// call are left out: where no list was made before that call, they would count as new. The list before the
// first call of a run that continues another one has them, because they tell the changes of before apart.
func (a *Activities) operations(ctx context.Context, m method, in want) ([]starters.Operation, error) {
	var found []starters.Operation
	all := !m.takesRequestID() || in.Continued && !in.Retried && in.Called.IsZero()
	err := a.visit(ctx, m, in.Target, func(op lro.Operation) {
		one, ok := m.seen(op, in.Target, in.Key, in.Request.mark(in.Key))
		if ok && (all || !isBefore(one, in)) {
			found = append(found, one)
		}
	})
	starters.NewestFirst(found)
	return found, err
}

// maxSkew is how far the clocks of Temporal's server and of the cloud may differ.
const maxSkew = time.Minute

// isBefore reports whether an operation began before the step's first call of all, or does not say when.
func isBefore(op starters.Operation, in want) bool {
	first := in.Called
	if in.Retried || first.IsZero() {
		first = in.Since
	}
	return op.StartTime.Before(first.Add(-maxSkew))
}

// visit lists the operations of the collection that the target's are in. Without one, and where the
// service has no list, there are none.
func (a *Activities) visit(ctx context.Context, m method, target string, visit func(lro.Operation)) error {
	collection, in := m.collection(target)
	if in == nil || collection.Validate() != nil {
		return nil
	}
	_, err := a.client.VisitOperations(ctx, lro.ListRequest{Collection: collection}, visit)
	return err
}
