package lro

import "github.com/awaitop/awaitop/catalog"

// KnownService returns the service of Google's that a host belongs to, and whether that service
// has operations, by package catalog. There are less than 200. A regional host
// belongs to its service: SERVICE.REGION.rep.googleapis.com, REGION-SERVICE.googleapis.com.
func KnownService(host string) (service string, known bool) {
	service, _, known = catalog.Patterns(host)
	return service, known
}
