package nexusservice

import (
	"context"
	"errors"
	"strconv"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// GetInput is the input of [Get].
type GetInput struct {
	Ref lro.Ref `json:"ref"`

	invalid error
}

// UnmarshalJSON never fails: the operation fails for an invalid raw, with a typed failure that names
// the field. It refuses fields that this release does not have.
func (in *GetInput) UnmarshalJSON(raw []byte) error {
	type plain GetInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// ListInput is the input of [List].
type ListInput struct {
	lro.ListRequest

	invalid error
}

// UnmarshalJSON never fails, see [GetInput.UnmarshalJSON].
func (in *ListInput) UnmarshalJSON(raw []byte) error {
	type plain lro.ListRequest
	in.invalid = lro.DecodeStrict("", raw, (*plain)(&in.ListRequest))
	return nil
}

// get reads an operation. The error of a read is an operation failure, also a transient one: the
// caller decides whether to call again.
func (s *service) get(ctx context.Context, call call, in *GetInput) (lro.Operation, error) {
	err := in.invalid
	if err == nil {
		err = in.Ref.Validate()
	}
	if err == nil {
		err = call.rule.reach("ref", in.Ref.Service, in.Ref.Name)
	}
	if err != nil {
		return lro.Operation{}, refused(in.Ref, err)
	}
	op, err := s.client.GetOperation(ctx, in.Ref)
	if err != nil {
		return lro.Operation{}, failed(activities.NewError(lro.PollFailed(in.Ref, answered(ctx, err))))
	}
	op, _ = op.Bound()
	return op, nil
}

// list reads a page. Its errors are those of get.
func (s *service) list(ctx context.Context, call call, in *ListInput) (lro.Page, error) {
	err := in.invalid
	if err == nil {
		err = in.Validate()
	}
	if err == nil {
		err = call.rule.reach("collection", in.Collection.Service, in.Collection.Name)
	}
	if err != nil {
		return lro.Page{}, refused(lro.Ref{}, err)
	}
	page, err := s.client.ListOperations(ctx, in.ListRequest)
	if err != nil {
		failure := lro.PollFailed(lro.Ref{}, answered(ctx, err))
		failure.Resources = []string{in.Collection.String()}
		return lro.Page{}, failed(activities.NewError(failure))
	}
	if !page.Bound() {
		return lro.Page{}, refused(lro.Ref{}, &lro.InvalidError{
			Field: "pageSize", Value: strconv.Itoa(in.PageSize), Problem: "gives a page that does not fit a payload", Want: "a smaller page",
		})
	}
	return page, nil
}

// answered is the error of a request: the service's answer or, if the time of the Nexus request ended
// before there was one, that.
func answered(ctx context.Context, err error) error {
	var answer *lro.Error
	if ctx.Err() == nil || errors.As(err, &answer) && answer.HTTP != 0 {
		return err
	}
	return &lro.Error{NoStatus: true, Status: lro.Status{Code: lro.CodeDeadlineExceeded, Message: "no answer within the time of a Nexus request"}}
}
