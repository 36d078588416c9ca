package serve

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// Transports of a [Service]. The default is [HTTP].
const (
	HTTP = "http"
	GRPC = "grpc"
)

func (s Service) overGRPC() bool { return s.Transport == GRPC }

// validateTransport refuses another transport, and fields that would be ignored over the one that is given.
func (s Service) validateTransport(field string) error {
	switch s.Transport {
	case "", HTTP:
		return refuseSet(field, HTTP, ownField{"descriptors", s.Descriptors})
	case GRPC:
	default:
		return &lro.InvalidError{Field: field + ".transport", Value: s.Transport, Want: fmt.Sprintf("%q or %q", HTTP, GRPC)}
	}
	if strings.Contains(s.Name, "*") {
		return &lro.InvalidError{Field: field + ".name", Value: s.Name, Want: "the name of a single service, because each has a connection of its own over gRPC"}
	}
	regional := ""
	if s.Regional {
		regional = "true"
	}
	return refuseSet(field, GRPC, ownField{"regional", regional}, ownField{"version", s.Version}, ownField{"prefix", s.Prefix}, ownField{"errorFormat", s.ErrorFormat})
}

// ownField is a field that only one transport has, and its value.
type ownField struct{ name, value string }

// refuseSet refuses those fields that are set.
func refuseSet(field, transport string, all ...ownField) error {
	i := slices.IndexFunc(all, func(f ownField) bool { return f.value != "" })
	if i < 0 {
		return nil
	}
	return &lro.InvalidError{Field: field + "." + all[i].name, Value: all[i].value, Want: "none with transport " + transport + ", which has no use for it"}
}

// validateServices refuses services that cannot be reached as they are described, and options that do not fit them. It
// connects to nothing.
func (c Config) validateServices() error {
	clients := map[string]lro.Client{}
	var overHTTP []int // where services over HTTP stand in the configuration
	for i, s := range c.Services {
		field := fieldOf(i)
		if err := s.validateTransport(field); err != nil {
			return err
		}
		if !s.overGRPC() {
			overHTTP = append(overHTTP, i)
			continue
		}
		if clients[s.Name] != nil {
			return &lro.InvalidError{Field: field + ".name", Value: s.Name, Want: "each service once for each transport", Problem: "is there twice"}
		}
		if err := c.validateGRPC(field, s); err != nil {
			return err
		}
		clients[s.Name] = planned{}
	}
	return asConfigured(c.options(clients).Validate(), overHTTP)
}

// planned stands for a client that is not made yet.
type planned struct{ lro.Client }

func fieldOf(service int) string { return fmt.Sprintf("services[%d]", service) }

// asConfigured is an error of the options with the place that its service has in the configuration. overHTTP are the
// places of the services that the options have.
func asConfigured(err error, overHTTP []int) error {
	var invalid *lro.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	for i, place := range overHTTP {
		if strings.HasPrefix(invalid.Field, fieldOf(i)+".") {
			return lro.InField(err, fieldOf(i), fieldOf(place))
		}
	}
	return err
}
