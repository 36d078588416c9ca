package serve

import (
	"context"
	"slices"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/services/rest"
)

// clients are the clients of the services over gRPC, by the service's name, and the function that closes them.
func (c Config) clients(ctx context.Context) (map[string]lro.Client, func(), error) {
	made := map[string]lro.Client{}
	var open []*operations.Client
	closeAll := func() {
		for _, one := range open {
			_ = one.Close()
		}
	}
	for i, s := range c.Services {
		if !s.overGRPC() {
			continue
		}
		one, err := c.dial(ctx, fieldOf(i), s)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		made[s.Name], open = one, append(open, one)
	}
	return made, closeAll, nil
}

// Reached is how the worker reaches a service: by the entry of that name, over HTTP if there are two, else by the first
// pattern that fits. A service that the worker does not reach has its name alone.
func (c Config) Reached(name string) Service {
	for _, is := range []func(Service) bool{
		func(s Service) bool { return s.Name == name && !s.overGRPC() },
		func(s Service) bool { return s.Name == name },
		func(s Service) bool { return rest.Options{Services: []rest.Service{s.rest()}}.Serves(name) },
	} {
		if i := slices.IndexFunc(c.Services, is); i >= 0 {
			reached := c.Services[i]
			reached.Name = name
			return reached
		}
	}
	return Service{Name: name}
}

// Client returns a client that reaches one service as s says, and the function that closes it. AllowedPrefixes do not
// bind it: they bound what workflows name.
func (c Config) Client(ctx context.Context, s Service) (lro.Client, func(), error) {
	c.Services, c.AllowedPrefixes = []Service{s}, nil
	if !s.overGRPC() {
		made, err := rest.New(ctx, c.rest())
		if err != nil {
			return nil, nil, err
		}
		return made, func() { _ = made.Close() }, nil
	}
	made, err := c.dial(ctx, "services["+s.Name+"]", s)
	if err != nil {
		return nil, nil, err
	}
	return made, func() { _ = made.Close() }, nil
}
