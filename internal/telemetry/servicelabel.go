package telemetry

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
