package google

import (
	"context"
	"encoding/json"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Check is one attempt to check a start: what of it is refused before anything is sent, whether the target
// is there, and what the service says of the request, if the method has validateOnly. It starts nothing.
func (a *Activities) Check(ctx context.Context, in starters.CheckInput) (starters.CheckOutput, error) {
	want, err := a.checked(in)
	if err != nil {
		return starters.CheckOutput{}, starters.Refused(in.Start.Target, err)
	}
	out, err := a.ask(a.client.Poller.Arrived(ctx), want, in.Ahead)
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return starters.CheckOutput{}, ctx.Err()
	default:
		return starters.CheckOutput{}, starters.ReadFailed(in.Start.Target+" could not be checked", err, activity.GetInfo(ctx).Attempt)
	}
}

// checked reads the input of a check, as a start of it would be read. Its error is an
// [*lro.InvalidError].
func (a *Activities) checked(in starters.CheckInput) (want, error) {
	if err := in.Validate(); err != nil {
		return want{}, err
	}
	m, err := find(in.Start.Method)
	if err == nil && in.Start.Removable {
		err = m.checkUndo()
	}
	if err == nil {
		err = a.check(m, m.Target(), "target", in.Start.Target)
	}
	if err != nil {
		return want{}, err
	}
	out := want{Target: in.Start.Target, Key: in.Start.Key}
	out.Request, err = m.prepare(starters.Want[json.RawMessage]{Target: in.Start.Target, Key: in.Start.Key, Request: in.Start.Request})
	return out, err
}

// ask reads the target, and lets the service check the request. ahead says that what the request needs is
// not there yet.
func (a *Activities) ask(ctx context.Context, in want, ahead bool) (starters.CheckOutput, error) {
	m := in.Request.method
	out := starters.CheckOutput{Exactness: m.Exactness.String()}
	if err := a.readTarget(ctx, in, &out); err != nil {
		return out, err
	}
	switch {
	case out.Refusal != nil:
		return out, nil
	case out.Exists && m.makes():
		out.Unchecked = "it is there already"
	case ahead:
		out.Unchecked = "an earlier step makes what it needs"
	case m.ValidateOnly.In == catalog.Nowhere:
		out.Unchecked = "the method has no validateOnly"
	default:
		return a.validate(ctx, in, out)
	}
	return out, nil
}

// readTarget reads the target, if its kind can be read. A start whose target is there and another caller's would be refused.
func (a *Activities) readTarget(ctx context.Context, in want, out *starters.CheckOutput) error {
	m := in.Request.method
	if m.kind == nil {
		return nil
	}
	target, err := a.find(ctx, m.kind, in.Target, in.Key)
	if err != nil {
		return err
	}
	out.Read, out.Exists = true, target != nil
	if target == nil {
		return nil
	}
	out.Owner = target.Owner
	if m.makes() && target.Owner != starters.Ours && !target.Deleting {
		out.Refusal = &lro.Status{Code: lro.CodeAlreadyExists}
	}
	return nil
}

// validate lets the service check the request.
func (a *Activities) validate(ctx context.Context, in want, out starters.CheckOutput) (starters.CheckOutput, error) {
	request, _ := in.Request.call(in, 0) // the generation of no start
	request = in.Request.method.validateOnly(request)
	_, err := a.client.Request(ctx, poller.PriorityStart, request)
	class := lro.Classify(err)
	switch {
	case err == nil:
		out.Checked = true
	case class.Retryable() || class == lro.ClassInvalid:
		return out, err
	default:
		out.Checked, out.Refusal = true, lro.StatusOf(err).Bound()
	}
	return out, nil
}

// validateOnly returns a request that the service checks and does not carry out.
func (m method) validateOnly(r lro.ResourceRequest) lro.ResourceRequest {
	if m.ValidateOnly.In == catalog.InQuery {
		r.Query.Set(m.ValidateOnly.Field, "true")
	} else {
		r.Body = fieldsOf(r.Body).with(m.ValidateOnly.Field, json.RawMessage("true")).json()
	}
	return r
}
