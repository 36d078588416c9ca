package testsuite

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/awaitop/awaitop/lro"
)

// GetOperation implements [lro.Client].
func (s *Service) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if err := ref.Validate(); err != nil {
		return lro.Operation{}, err
	}
	body, err := s.call(ctx, MethodGet, "ref", ref.Service, ref.Name, nil)
	if err != nil {
		return lro.Operation{}, err
	}
	return parseOperation(MethodGet, body)
}

// CancelOperation implements [lro.Client].
func (s *Service) CancelOperation(ctx context.Context, ref lro.Ref) error {
	return s.callForEmpty(ctx, MethodCancel, ref)
}

// DeleteOperation implements [lro.Client].
func (s *Service) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	return s.callForEmpty(ctx, MethodDelete, ref)
}

// ListOperations implements [lro.Client].
func (s *Service) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	if err := in.Collection.Validate(); err != nil {
		return lro.Page{}, err
	}
	body, err := s.call(ctx, MethodList, "collection", in.Collection.Service, in.Collection.Name, in.Query())
	if err != nil {
		return lro.Page{}, err
	}
	return parseList(body)
}

// call is one request without a network. Like a client, it refuses a request that
// cannot be sent, before the service records it. The name has been validated.
func (s *Service) call(ctx context.Context, method Method, field, service, name string, args url.Values) ([]byte, error) {
	if service != s.options.Service {
		return nil, &lro.InvalidError{Field: field + ".service", Value: service, Want: s.options.Service + ", the service of this client"}
	}
	if err := ctx.Err(); err != nil {
		return nil, interrupted(method, err)
	}
	answer, err := s.serve(ctx, request{method: method, name: name, args: args})
	if err != nil {
		return nil, interrupted(method, err)
	}
	return answer.body, answer.err(method)
}

func (s *Service) callForEmpty(ctx context.Context, method Method, ref lro.Ref) error {
	if err := ref.Validate(); err != nil {
		return err
	}
	body, err := s.call(ctx, method, "ref", ref.Service, ref.Name, nil)
	if err == nil && !json.Valid(body) {
		_, err = parseOperation(method, body)
	}
	return err
}

// interrupted is the error for a request whose context ended it.
func interrupted(method Method, cause error) error {
	return &lro.Error{
		Method: string(method), Cause: cause,
		Status: lro.Status{Code: lro.CodeUnavailable, Message: "the request was given up before a reply came"},
	}
}

func parseOperation(method Method, body []byte) (lro.Operation, error) {
	op, err := lro.ParseOperation(body)
	if err != nil && !json.Valid(body) {
		return lro.Operation{}, undecodable(method, err)
	}
	return op, err
}

func parseList(body []byte) (lro.Page, error) {
	page, err := lro.ParsePage(body)
	if err != nil && !json.Valid(body) {
		err = undecodable(MethodList, err)
	}
	return page, err
}
