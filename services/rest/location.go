package rest

import (
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// universe is the domain of the cloud whose hosts are reached.
func (o Options) universe() string {
	return requests.Universe(o.UniverseDomain)
}

// validateUniverse refuses what is no domain, because it becomes part of a host.
func (o Options) validateUniverse() error {
	if lro.ValidateService(o.universe()) != nil {
		return &lro.InvalidError{Field: "universeDomain", Value: o.universe(), Want: "a domain such as " + requests.DefaultUniverse}
	}
	return nil
}

// locator finds the host of a location. The zero locator finds none.
type locator struct {
	services []*catalog.Service // all versions at the service's host
	listed   bool               // the configuration asks for the hosts that the catalog lists
	universe string
}

// locator is that of a service without an Endpoint. A name that is itself a regional host has none.
func (s Service) locator(universe string) locator {
	l := locator{listed: s.Regional, universe: universe}
	for _, version := range catalog.ServicesAt(s.Name) {
		if version.Host == s.Name && (s.Regional || version.Located) {
			l.services = append(l.services, version)
		}
	}
	return l
}

// base is the URL of the host for a resource's location. It is "" for the service's own host: the name
// has no region, or there is no host of it. A region is letters, digits and "-", so the name
// chooses among hosts of the service and no others.
func (l locator) base(name string) string {
	if len(l.services) == 0 {
		return ""
	}
	region := catalog.RegionOf(name)
	for _, service := range l.services {
		if host, ok := service.HostAt(region); ok && (l.listed || service.Located) {
			return "https://" + requests.InUniverse(host, l.universe)
		}
	}
	return ""
}
