package testsuite

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// serviceEach returns a service for each of the options, on one clock.
func serviceEach(t TB, clock poller.Clock, options []Options) []*Service {
	t.Helper()
	var services []*Service
	for _, o := range options {
		if o.Clock != nil {
			t.Fatalf("testsuite: options.clock is set; an Env has a clock of its own")
		}
		o.Clock = clock
		service := ForTest(t, o)
		if find(services, service.options.Service) != nil {
			t.Fatalf("testsuite: options.service: %q is there twice; want one Options for each service", service.options.Service)
		}
		services = append(services, service)
	}
	return services
}

// find returns the service of that name, nil if there is none.
func find(services []*Service, name string) *Service {
	i := slices.IndexFunc(services, func(s *Service) bool { return s.options.Service == name })
	if i < 0 {
		return nil
	}
	return services[i]
}

// names are the names of services, for a message.
func names(services []*Service) string {
	var all []string
	for _, s := range services {
		all = append(all, s.options.Service)
	}
	return strings.Join(all, ", ")
}

// On returns the environment's service of that name, such as "library.example.com", to
// script, start and look at its operations. It fails the test if [NewEnv] had no Options
// for the service.
func (e *Env) On(service string) *Service {
	e.t.Helper()
	found := find(e.services, service)
	if found == nil {
		e.t.Fatalf("testsuite: the environment serves no %q; it serves %s", service, names(e.services))
	}
	return found
}

// Peek is [Service.Peek] of the service that ref names. It returns false if the
// environment does not serve it.
func (e *Env) Peek(ref lro.Ref) (lro.Operation, bool) {
	service := find(e.services, ref.Service)
	if service == nil {
		return lro.Operation{}, false
	}
	return service.Peek(ref)
}

// AssertNothingLeft is [Service.AssertNothingLeft] of all services. What a starter of the
// test's own made is in the API of the test, which the test asks.
func (e *Env) AssertNothingLeft(t TB, names ...string) bool {
	t.Helper()
	var left []string
	for _, s := range e.services {
		left = append(left, s.Left(names...)...)
	}
	return check(t, len(left) == 0, "left: %s", strings.Join(left, "; "))
}

// AssertReady is [Service.AssertReady] of all services: each of the named resources is ready in one of them.
func (e *Env) AssertReady(t TB, names ...string) bool {
	t.Helper()
	return assertReady(t, e.services, names)
}

// AssertNoneRunning asserts that every operation of all services has ended.
func (e *Env) AssertNoneRunning(t TB) bool {
	t.Helper()
	var running []lro.Ref
	for _, s := range e.services {
		running = append(running, s.Running()...)
	}
	return check(t, len(running) == 0, "%d operations are still running: %v", len(running), running)
}

// AssertCanceled is [Service.AssertCanceled] of the service that ref names.
func (e *Env) AssertCanceled(t TB, ref lro.Ref) bool {
	t.Helper()
	return e.On(ref.Service).AssertCanceled(t, ref)
}
