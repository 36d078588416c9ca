package spanner

import (
	"context"
	"encoding/json"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// starter is the method's starter.
func (a *Activities) starter(m *method) starters.Starter[call] {
	return starters.Starter[call]{
		Service:   lro.SpannerService,
		Method:    m.name,
		Changes:   !m.creates,
		SelfPaced: true,
		Check:     func(field, target string) error { return a.allow(m.target, field, target) },
		Decode:    m.prepare,
		Find: func(ctx context.Context, in starters.Want[call]) (starters.Seen, error) {
			return a.look(ctx, m, in)
		},
		Start: func(ctx context.Context, in starters.Want[call], seen starters.Seen) (lro.Operation, error) {
			return a.start(ctx, m, in.Request, seen.OperationID)
		},
	}
}

// start makes the call.
func (a *Activities) start(ctx context.Context, m *method, made call, id string) (lro.Operation, error) {
	var started *api.Operation
	err := a.calls.Call(ctx, lro.SpannerService, m.name, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
		started, err = made.start(ctx, a.api, id, options)
		return err
	})
	if err != nil {
		return lro.Operation{}, err
	}
	raw, err := json.Marshal(started)
	if err != nil {
		return lro.Operation{}, err
	}
	// The generated client drops fields that no operation has. So a resource does not show by its
	// fields. The starter tells it by its name.
	op, err := lro.ParseOperation(raw)
	if err != nil {
		// A 200 that is no operation may be a proxy's. The starter looks whether the call acted.
		return lro.Operation{}, &lro.Error{Method: m.name, HTTP: started.HTTPStatusCode, Cause: err, Status: lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
	}
	return op, nil
}
