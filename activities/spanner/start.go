package spanner

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
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
			return a.start(ctx, m, in, seen.OperationID)
		},
		Of: m.claimed,
	}
}

// start makes the call.
func (a *Activities) start(ctx context.Context, m *method, in starters.Want[call], id string) (lro.Operation, error) {
	request, err := m.request(in, id)
	if err != nil {
		return lro.Operation{}, err
	}
	raw, err := a.client.RequestResource(ctx, request)
	if err != nil {
		return lro.Operation{}, err
	}
	op, err := lro.ParseOperation(raw)
	if err != nil {
		// A 200 that is no operation may be a proxy's. The starter looks whether the call acted.
		return lro.Operation{}, &lro.Error{Method: m.name, HTTP: 200, Cause: err, Status: lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}
	}
	return op, nil
}

// request is the request that starts the operation, with the given id if the method's ids are the caller's.
func (m *method) request(in starters.Want[call], id string) (lro.ResourceRequest, error) {
	known, err := catalog.Find("spanner." + m.id)
	if err != nil {
		return lro.ResourceRequest{}, fmt.Errorf("%s: %w", m.name, err) // a test finds each
	}
	line, resourceID, ok := known.Request(in.Target + m.below)
	if !ok { // its form has been checked
		return lro.ResourceRequest{}, &lro.InvalidError{Field: "target", Value: in.Target, Want: "a name of the form " + known.Target()}
	}
	query := url.Values{}
	maps.Copy(query, in.Request.query)
	if known.IDPlace.In == catalog.InQuery {
		query.Set(known.IDPlace.Field, resourceID)
	}
	body, err := json.Marshal(in.Request.body(id))
	return lro.ResourceRequest{
		Service: lro.SpannerService, Method: m.name, Resource: in.Target, Line: line, Query: query, Body: body,
	}, err
}
