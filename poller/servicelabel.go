package poller

import "github.com/awaitop/awaitop/lro"

// OtherService is what metrics call a service that they have no name for.
const OtherService = "other"

// ServiceLabel is what metrics call a service where none says which are served, as in
// workflow code: Google's by their names, whatever their host, and others OtherService.
// Inputs name any number of services, and there is no end of what would be kept of each.
func ServiceLabel(service string) string {
	if known, ok := lro.KnownService(service); ok {
		return known
	}
	return OtherService
}

// label is what metrics call a service, and what the places of its requests are shared
// by: the name of one that has a budget or is served, else OtherService. Of a client that
// does not tell what it serves, Google's have their names.
func (p *Poller) Label(service string) string {
	_, budgeted := p.shares[service]
	switch {
	case budgeted, p.config != nil && p.config.Serves(service):
		return service
	case p.config != nil:
		return OtherService
	default:
		return ServiceLabel(service)
	}
}
