package poller

import "github.com/awaitop/awaitop/internal/telemetry"

// Label returns the label of a service in metrics. Requests to services with one label share their
// places. It is the name of a service that has a budget or is served, else OtherService. If the
// client does not tell which services it serves, those of Google have their names.
func (p *Poller) Label(service string) string {
	_, budgeted := p.budgets[service]
	switch {
	case budgeted, p.config != nil && p.config.Serves(service):
		return service
	case p.config != nil:
		return telemetry.OtherService
	default:
		return telemetry.ServiceLabel(service)
	}
}
