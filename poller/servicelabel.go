package poller

import "github.com/awaitop/awaitop/lro"

// OtherService is the label, in metrics, of a service without a name of its own there.
const OtherService = "other"

// ServiceLabel is the label of a service in metrics, for code that does not know the served
// services, such as workflow code: the name of a service of Google's, whatever its host, else
// OtherService. Inputs may name any number of services, and metrics keep every label.
func ServiceLabel(service string) string {
	if known, ok := lro.KnownService(service); ok {
		return known
	}
	return OtherService
}

// Label returns the label of a service in metrics. Requests to services with one label share their
// places. It is the name of a service that has a budget or is served, else OtherService. If the
// client does not tell which services it serves, those of Google have their names.
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
