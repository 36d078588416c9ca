package google

import (
	"context"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// starter is the method's starter.
func (a *Activities) starter(m method) starters.Starter[prepared] {
	return starters.Starter[prepared]{
		Service:   m.Service.Host,
		Method:    m.ID,
		Changes:   !m.makes(),
		SelfPaced: true,
		Check:     func(field, target string) error { return a.check(m, m.Target(), field, target) },
		Decode:    m.prepare,
		Find:      a.look,
		Start:     a.start,
		InTheWay:  a.inTheWay,
		Of:        a.claimed,
	}
}

// check reports, as an [*lro.InvalidError] for the given field, why nothing may be sent about a resource
// whose name has to have the form.
func (a *Activities) check(m method, form, field, name string) error {
	if err := lro.ValidateTarget(field, name); err != nil {
		return err
	}
	if !catalog.Match(form, name) {
		return &lro.InvalidError{Field: field, Value: name, Want: "a name of the form " + form + ", for " + m.ID}
	}
	return m.unserved(field, a.client.Allow(field, m.Service.Host, name))
}

// start makes the call. If the service answers a requestId with an operation of before this try, it
// calls again with the id of the next generation.
func (a *Activities) start(ctx context.Context, in want, seen starters.Seen) (lro.Operation, error) {
	in.Request = in.Request.keepKey(seen.Target)
	tries := newTries(in, seen, a.core.ServerTime())
	for generation := 1; generation <= maxGenerations; generation++ {
		sent := a.core.ServerTime()
		op, err := a.call(ctx, in, generation)
		if err != nil || !in.Request.method.takesRequestID() {
			return op, err
		}
		old := false
		if isChangeOrFailure(in, op) {
			old = tries.isEarlier(op, sent, a.core.ServerTime())
		} else {
			old, err = a.isUndone(ctx, in, op, tries.first)
		}
		if err != nil || !old {
			return op, err
		}
	}
	return lro.Operation{}, tooManyTries(in)
}

// tooManyTries says that the service still knows the ids of all generations. Nothing was started. It
// forgets the first of them within the hour.
func tooManyTries(in want) error {
	message := "the service still remembers the last " + strconv.Itoa(maxGenerations) + " tries to make " + in.Target + ", all of them failed or undone, for up to an hour"
	return &lro.Error{Method: in.Request.method.ID, Status: lro.Status{Code: lro.CodeResourceExhausted, Message: message}}
}

// call makes the call of a generation. That of the first is within the budget already.
func (a *Activities) call(ctx context.Context, in want, generation int) (lro.Operation, error) {
	m := in.Request.method
	request, ok := in.Request.call(in, generation)
	if !ok {
		return lro.Operation{}, &lro.InvalidError{Field: "target", Value: in.Target, Want: "a name of the form " + m.Target()}
	}
	if generation == 1 {
		raw, err := a.client.RequestResource(ctx, request)
		if err != nil {
			return lro.Operation{}, err
		}
		return m.started(in.Target, raw)
	}
	raw, err := a.client.Request(ctx, poller.PriorityStart, request)
	if err != nil {
		return lro.Operation{}, err
	}
	return m.started(in.Target, raw)
}

// started reads the operation in a reply. A 200 that is none may be a proxy's, and the call may have
// acted.
func (m method) started(target string, raw []byte) (lro.Operation, error) {
	collection, _ := m.collection(target)
	op, err := m.shape.Started(collection.Name, raw)
	if err != nil {
		return lro.Operation{}, &lro.Error{Method: m.ID, HTTP: 200, Cause: err, Status: lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
	}
	return op, nil
}

// isUndone reports whether an operation that the service answered a requestId with has made what is gone, or is a
// change of before the run: it is of before this try. Its error says that the target cannot be seen yet. first is when
// the first call was made, for an operation that does not say when it has ended.
func (a *Activities) isUndone(ctx context.Context, in want, op lro.Operation, first time.Time) (bool, error) {
	m := in.Request.method
	if start := lro.ProgressOf(op.Metadata).StartTime; !m.makes() && !start.IsZero() {
		return start.Before(in.Since.Add(-maxSkew)), nil
	}
	if !op.Done || !m.makes() || m.kind == nil {
		return false, nil
	}
	target, err := a.find(ctx, m.kind, in.Target, in.Key)
	if err != nil {
		return false, err
	}
	if target == nil {
		ended := lro.ProgressOf(op.Metadata).EndTime
		if ended.IsZero() {
			ended = first
		}
		return true, starters.LookAgain(m.ID, in.Target, ended, a.core.ServerTime())
	}
	return target.Deleting || target.Deleted || target.Owner == starters.Others || m.kind.isOther(target, op), nil
}
