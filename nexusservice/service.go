package nexusservice

import (
	"context"
	"time"

	"github.com/nexus-rpc/sdk-go/nexus"

	"github.com/awaitop/awaitop/lro"
)

// service has the handlers.
type service struct {
	options Options
	client  lro.Client
}

// New returns the service, to register with a worker that has awaitop's workflows: package worker
// does both if its Options have a Nexus. client reads operations for [Get] and [List]. Give it the
// worker's *poller.Poller, whose budgets then hold for them. An invalid option is an
// [*lro.InvalidError].
func New(options Options, client lro.Client) (*nexus.Service, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	if client == nil {
		return nil, &lro.InvalidError{Field: "client", Value: "nil", Want: "what makes the calls, such as a poller.Poller"}
	}
	s := &service{options: options, client: client}
	made := nexus.NewService(Name)
	return made, made.Register(
		s.await(), s.awaitAll(), s.run(), s.undo(),
		synchronous(s, Get, s.get), synchronous(s, List, s.list),
		synchronous(s, Cancel, s.cancel), synchronous(s, PollNow, s.pollNow), synchronous(s, SetPolicy, s.setPolicy),
		synchronous(s, SetDeadline, s.setDeadline), synchronous(s, Abandon, s.abandon),
	)
}

// call is a request that the caller's rule allows so far.
type call struct {
	caller Caller
	rule   Rule
	// id is the same for each attempt of the request.
	id string
	// timeout is that of the Nexus operation, 0 if it has none or is synchronous.
	timeout time.Duration
}

// synchronous is an operation whose handler has the result. It has the time that the server gives.
func synchronous[I, O any](s *service, name string, handle func(context.Context, call, *I) (O, error)) nexus.Operation[*I, O] {
	return nexus.NewSyncOperation(name, func(ctx context.Context, in *I, request nexus.StartOperationOptions) (out O, err error) {
		caller, rule, err := s.authorize(ctx, name, request)
		if err != nil {
			return out, refused(lro.Ref{}, err)
		}
		ctx, cancel := within(ctx)
		defer cancel()
		return handle(ctx, call{caller: caller, rule: rule, id: request.RequestID}, given(in))
	})
}
