package worker

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services"
	"github.com/awaitop/awaitop/services/rest"
)

// hasRest reports whether a client over HTTP is made with Rest.
func (o Options) hasRest() bool {
	return o.Client == nil && (len(o.Clients) == 0 || len(o.Rest.Services) > 0)
}

func (o Options) validateClients() error {
	if len(o.Clients) > 0 {
		if _, err := services.ByService(o.Clients, o.Client); err != nil {
			return err
		}
	}
	if o.hasRest() {
		if err := o.Rest.Validate(); err != nil {
			return err
		}
	}
	if o.Client != nil {
		return nil
	}
	for _, service := range slices.Sorted(maps.Keys(o.Budgets)) {
		if o.Clients[service] == nil && (!o.hasRest() || !o.Rest.Serves(service)) { // the budget would bound nothing
			return &lro.InvalidError{Field: "budgets", Value: service, Want: "a service of services: " + strings.Join(o.served(), ", ")}
		}
	}
	return nil
}

// served returns the names of the services that the options name.
func (o Options) served() []string {
	names := slices.Sorted(maps.Keys(o.Clients))
	if len(names)+len(o.Rest.Services) == 0 {
		return []string{lro.SpannerService}
	}
	for _, service := range o.Rest.Services {
		names = append(names, service.Name)
	}
	return names
}

// client returns the Poller that makes the requests, and the function that closes its client.
func (o Options) client(ctx context.Context) (*poller.Poller, func(), error) {
	if err := o.Validate(); err != nil {
		return nil, nil, err
	}
	all, closeAll, err := o.others(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(o.Clients) > 0 {
		if all, err = services.ByService(o.Clients, all); err != nil {
			return nil, nil, err
		}
	}
	poller, err := o.poller(all)
	return poller, closeAll, err
}

// others returns the client of all services that Clients do not have, nil for none, and the function that
// closes it.
func (o Options) others(ctx context.Context) (lro.Client, func(), error) {
	if !o.hasRest() {
		return o.Client, func() {}, nil
	}
	made, err := rest.New(ctx, o.Rest)
	if err != nil {
		return nil, nil, err
	}
	return made, func() { _ = made.Close() }, nil
}

func (o Options) poller(api lro.Client) (*poller.Poller, error) {
	if poller, ok := api.(*poller.Poller); ok {
		return poller, nil
	}
	budgets := map[string]poller.Budget{}
	if o.spendsQuota() {
		budgets[lro.SpannerService] = SpannerBudget
	}
	maps.Copy(budgets, o.Budgets)
	return poller.New(api, poller.Options{Budgets: budgets, Clock: o.Activities.Clock})
}

// spendsQuota reports whether requests to Spanner are known to be a project's: they authenticate.
func (o Options) spendsQuota() bool {
	if own, ok := o.Clients[lro.SpannerService]; ok {
		known, tells := lro.ClientAs[interface{ Authenticates(service string) bool }](own)
		return tells && known.Authenticates(lro.SpannerService)
	}
	return o.hasRest() && o.Rest.Authenticates(lro.SpannerService)
}
