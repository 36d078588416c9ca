package main

import (
	"github.com/awaitop/awaitop/activities/rest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/worker"
)

// api is how every pattern reaches the scripted API.
func (c childConfig) api() rest.Options {
	return rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: c.Endpoint}},
		WithoutAuthentication: true,
	}
}

// awaitop configures awaitop's worker, for the patterns that have one. This is
// the one place for what a user would set as well: c.Rate is what the API serves
// in a second, 0 for no limit, and c.Workers is how many processes share it.
func (c childConfig) awaitop() worker.Options {
	return worker.Options{Rest: c.api()}
}
