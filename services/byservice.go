package services

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// Router is an [lro.Client] of many services, with a client for each. It is safe for concurrent use if
// its clients are.
//
// What starters ask beside the methods of an lro.Client (see package activities/spanner) is asked of the
// service's own client if that has it, else of the client of all others. So operations that a gRPC client
// awaits are started by a *rest.Client.
type Router struct {
	clients map[string]lro.Client
	others  lro.Client // nil for none
}

var (
	_ lro.Client          = (*Router)(nil)
	_ lro.ClientConfig    = (*Router)(nil)
	_ lro.OperationWaiter = (*Router)(nil)
)

// ByService returns a client that takes, for each request, the client of the service in its Ref or
// Collection, by the service's DNS name. others is for all other services. If it is nil, there are none.
// A client that does not serve its service, and a Poller, which has to be the outermost, are an
// [*lro.InvalidError].
func ByService(clients map[string]lro.Client, others lro.Client) (*Router, error) {
	for _, service := range slices.Sorted(maps.Keys(clients)) {
		field := "clients." + service
		if err := lro.ValidateService(service); err != nil {
			return nil, lro.InField(err, "ref.service", field)
		}
		if clients[service] == nil {
			return nil, &lro.InvalidError{Field: field, Value: "nil", Want: "a client, such as package services/grpc makes"}
		}
		if config, ok := lro.ClientAs[lro.ClientConfig](clients[service]); ok && !config.Serves(service) {
			return nil, &lro.InvalidError{Field: field, Value: fmt.Sprintf("%T", clients[service]), Want: "a client that serves " + service, Problem: "does not serve it"}
		}
	}
	for _, client := range append(slices.Collect(maps.Values(clients)), others) {
		if _, is := lro.ClientAs[*poller.Poller](client); is {
			return nil, &lro.InvalidError{Field: "clients", Value: "a *poller.Poller", Want: "clients, of which a Poller is made that has the budgets of all"}
		}
	}
	return &Router{clients: maps.Clone(clients), others: others}, nil
}

// of returns the client of a service, nil if there is none.
func (r *Router) of(service string) lro.Client {
	if own, ok := r.clients[service]; ok {
		return own
	}
	return r.others
}

// client returns the client of a service. The error is an [*lro.InvalidError] for the field "service"
// below the given one.
func (r *Router) client(field, service string) (lro.Client, error) {
	if c := r.of(service); c != nil {
		return c, nil
	}
	known := strings.Join(slices.Sorted(maps.Keys(r.clients)), ", ")
	return nil, &lro.InvalidError{Field: field + ".service", Value: service, Want: "a service with a client: " + known, Problem: "is not registered"}
}

// named adds the services that have clients of their own to the refusal of a service by the client of all others, which
// names its own.
func (r *Router) named(service string, err error) error {
	var invalid *lro.InvalidError
	if r.Serves(service) || len(r.clients) == 0 || !errors.As(err, &invalid) || !strings.HasSuffix(invalid.Field, ".service") {
		return err
	}
	all := *invalid
	all.Want += ", " + strings.Join(slices.Sorted(maps.Keys(r.clients)), ", ")
	return &all
}

// asked returns the client that is a T for a service: its own, else that of the others.
func asked[T any](r *Router, service string) (T, error) {
	for _, c := range []lro.Client{r.clients[service], r.others} {
		if found, ok := lro.ClientAs[T](c); ok {
			return found, nil
		}
	}
	var none T
	return none, &lro.InvalidError{Field: "service", Value: service, Want: "a service that a *rest.Client serves, so that operations can be started", Problem: "has no client that starts operations"}
}

// GetOperation implements [lro.Client].
func (r *Router) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	c, err := r.client("ref", ref.Service)
	if err != nil {
		return lro.Operation{}, err
	}
	op, err := c.GetOperation(ctx, ref)
	return op, r.named(ref.Service, err)
}

// CancelOperation implements [lro.Client].
func (r *Router) CancelOperation(ctx context.Context, ref lro.Ref) error {
	c, err := r.client("ref", ref.Service)
	if err != nil {
		return err
	}
	return r.named(ref.Service, c.CancelOperation(ctx, ref))
}

// DeleteOperation implements [lro.Client].
func (r *Router) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	c, err := r.client("ref", ref.Service)
	if err != nil {
		return err
	}
	return r.named(ref.Service, c.DeleteOperation(ctx, ref))
}

// ListOperations implements [lro.Client].
func (r *Router) ListOperations(ctx context.Context, request lro.ListRequest) (lro.Page, error) {
	c, err := r.client("collection", request.Collection.Service)
	if err != nil {
		return lro.Page{}, err
	}
	page, err := c.ListOperations(ctx, request)
	return page, r.named(request.Collection.Service, err)
}

// waiter returns the client of a service, if it waits.
func (r *Router) waiter(service string) (lro.OperationWaiter, bool) {
	return lro.ClientAs[lro.OperationWaiter](r.of(service))
}

// Waits implements [lro.OperationWaiter]. It is false if the service's client is none.
func (r *Router) Waits(ref lro.Ref) bool {
	w, ok := r.waiter(ref.Service)
	return ok && w.Waits(ref)
}

// WaitOperation implements [lro.OperationWaiter]. If the service's client is none, the error is
// UNIMPLEMENTED.
func (r *Router) WaitOperation(ctx context.Context, ref lro.Ref, timeout time.Duration) (lro.Operation, error) {
	if _, err := r.client("ref", ref.Service); err != nil {
		return lro.Operation{}, err
	}
	w, ok := r.waiter(ref.Service)
	if !ok {
		return lro.Operation{}, requests.Unimplemented("WaitOperation", ref.Service, ref.Name)
	}
	return w.WaitOperation(ctx, ref, timeout)
}

// Serves implements [lro.ClientConfig]: as the service's client says. One that does not say serves the
// service that it is registered for. For the others the services of Google's are taken to be served.
func (r *Router) Serves(service string) bool {
	if config, ok := lro.ClientAs[lro.ClientConfig](r.of(service)); ok {
		return config.Serves(service)
	}
	_, own := r.clients[service]
	return own || r.others != nil && telemetry.ServiceLabel(service) != telemetry.OtherService
}

// QuotaProject implements [lro.ClientConfig]: as the service's client says, else "".
func (r *Router) QuotaProject(service string) string {
	if config, ok := lro.ClientAs[lro.ClientConfig](r.of(service)); ok {
		return config.QuotaProject(service)
	}
	return ""
}
