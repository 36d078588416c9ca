package main

import (
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// api is the client by which every pattern reaches the scripted API.
func (c childConfig) api() rest.Options {
	return rest.Options{
		Services:              []rest.Service{{Name: c.Service, Endpoint: c.Endpoint}},
		WithoutAuthentication: true,
	}
}

// awaitop configures the worker of awaitop's patterns. If the API has a limit, each process gets
// its share of it.
func (c childConfig) awaitop() worker.Options {
	options := worker.Options{Rest: c.api()}
	if c.Rate > 0 {
		options.Budgets = map[string]poller.Budget{c.Service: {RequestsPerSecond: c.Rate / float64(c.Workers), Burst: 1}}
	}
	return options
}
