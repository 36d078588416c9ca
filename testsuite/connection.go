package testsuite

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// The connections of Service Networking are like nothing else. All connections of a service have one
// name: the network tells them apart. There is no get. The delete is a POST to that name, with the
// network in the body (the discovery document of servicenetworking v1).

const (
	connectionsCreate = "servicenetworking.services.connections.create"
	connectionsPatch  = "servicenetworking.services.connections.patch"
	connectionsDelete = "servicenetworking.services.connections.deleteConnection"
	peering           = "servicenetworking-googleapis-com"
)

// ownPrepare is how a method starts that the catalog's data does not suffice for, nil for any other.
func ownPrepare(m *catalog.Method) prepare {
	switch m.ID {
	case connectionsCreate:
		return (*Service).prepareConnection
	case connectionsPatch:
		return (*Service).prepareRanges
	case connectionsDelete:
		return (*Service).prepareDisconnection
	default:
		return nil
	}
}

// consumerNetwork is what the reference asks for: with the project's number.
var consumerNetwork = regexp.MustCompile(`^projects/[0-9]+/global/networks/[^/]+$`)

// connectionName is the name that tells a connection from those of other networks.
func connectionName(service, network string) string {
	return service + "/connections/" + peering + "?network=" + network
}

// network reads a field of the body that names the network, and names the connection by it.
func (c startCall) network(field string) (name, network string, refusal *reply) {
	network = textAt(c.fields, field)
	if !consumerNetwork.MatchString(network) {
		return "", "", c.refuse(lro.CodeInvalidArgument, "%s %q is not projects/NUMBER/global/networks/NETWORK", field, network)
	}
	service, _, _ := strings.Cut(c.name, "/connections")
	return connectionName(service, network), network, nil
}

// rangesOf are the address ranges of a connection.
func rangesOf(fields map[string]any) []string {
	if own, ok := fields["reservedPeeringRanges"].([]string); ok {
		return own
	}
	ranges := []string{}
	list, _ := fields["reservedPeeringRanges"].([]any)
	for _, r := range list {
		ranges = append(ranges, fmt.Sprint(r))
	}
	return ranges
}

// prepareConnection makes a connection. If there is one with other ranges, the operation fails: "Cannot
// modify allocated ranges in CreateConnection" (github.com/hashicorp/terraform-provider-google, 3819).
// With the same ranges, or none, it changes nothing.
func (s *Service) prepareConnection(c startCall) (startEffect, *reply) {
	name, network, refusal := c.network("network")
	if refusal != nil {
		return startEffect{}, refusal
	}
	if refusal := s.blocked(c, name); refusal != nil {
		return startEffect{}, refusal
	}
	ranges := rangesOf(c.fields)
	old := s.find(name)
	service := parentOf(c.name)
	return startEffect{target: name, apply: func(by *operation) {
		switch {
		case old == nil:
			s.putMade(name, map[string]any{"network": network, "reservedPeeringRanges": ranges, "service": service, "peering": peering}, c.m, by)
		case len(ranges) > 0 && !slices.Equal(rangesOf(old.current(s.clock.Now())), ranges):
			by.script.End = Fail(lro.CodeFailedPrecondition, "Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection.")
		}
	}}, nil
}

// prepareRanges changes the ranges of a connection. To take one away it needs force.
func (s *Service) prepareRanges(c startCall) (startEffect, *reply) {
	name, _, refusal := c.network("network")
	if refusal != nil {
		return startEffect{}, refusal
	}
	old := s.find(name)
	if old == nil {
		return startEffect{}, c.refuse(lro.CodeNotFound, "Connection not found: %s", name)
	}
	ranges := rangesOf(c.fields)
	lost := func(r string) bool { return !slices.Contains(ranges, r) }
	if slices.ContainsFunc(rangesOf(old.current(s.clock.Now())), lost) && !c.is(c.m.Force) {
		return startEffect{}, c.refuse(lro.CodeFailedPrecondition, "a range is removed from %s: set force", name)
	}
	changed := map[string]any{"reservedPeeringRanges": ranges}
	return startEffect{target: name, apply: func(by *operation) {
		old.changes = append(old.changes, change{by: by, fields: changed})
	}}, s.blocked(c, name)
}

// prepareDisconnection deletes a connection.
func (s *Service) prepareDisconnection(c startCall) (startEffect, *reply) {
	name, _, refusal := c.network("consumerNetwork")
	if refusal != nil {
		return startEffect{}, refusal
	}
	old := s.find(name)
	if old == nil {
		return startEffect{}, c.refuse(lro.CodeNotFound, "Connection not found: %s", name)
	}
	return startEffect{target: name, apply: func(by *operation) {
		old.deleting = by
		by.onSuccess = s.dropMade(name)
	}}, s.blocked(c, name)
}

// listConnections lists the connections of a network, which is required. "services/-" is all services.
func (s *Service) listConnections(r request) reply {
	c := startCall{request: r, m: r.route.method}
	network := r.args.Get("network")
	if !consumerNetwork.MatchString(network) {
		return *c.refuse(lro.CodeInvalidArgument, "network %q is not projects/NUMBER/global/networks/NETWORK", network)
	}
	found := []any{}
	for _, name := range slices.Sorted(maps.Keys(s.resources)) {
		service, _, _ := strings.Cut(name, "/connections/")
		wanted := catalog.Match(strings.Replace(parentOf(r.name), "/-", "/*", 1), service)
		if connection := s.find(name); connection != nil && wanted && name == connectionName(service, network) {
			found = append(found, connection.current(s.clock.Now()))
		}
	}
	if len(found) == 0 {
		return empty
	}
	return ok(object(map[string]any{"connections": found}))
}
