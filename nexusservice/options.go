package nexusservice

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/internal/allowed"
	"github.com/awaitop/awaitop/lro"
)

// Options configure the service. The zero value allows each caller everything that the worker may
// reach.
type Options struct {
	// Allow is what callers may do. It is not read if there are Callers.
	Allow Rule
	// Callers are the rules of callers by their namespace. A namespace without a rule is refused.
	// Default none: Allow is for all.
	//
	// The Temporal server tells the namespace by a link, which code in a caller's workflow can
	// overwrite (servers 1.29 to 1.32). See "Who may call" in docs/nexus.md before you rely on it.
	Callers map[string]Rule
	// SearchAttributes sets the search attributes of workflows.AwaitOptions for each wait. The
	// worker's namespace has to have them. Callers cannot ask for them.
	SearchAttributes bool
	// TaskQueue is where the polls of the waits run, and ControlTaskQueue where their cancels do, as
	// in workflows.AwaitOptions. Default the worker's own, which of a worker of worker.New is its
	// control task queue. Callers cannot choose them.
	TaskQueue, ControlTaskQueue string
}

// AllMethods as one of [Rule].Methods allows each method of the catalog.
const AllMethods = "*"

// Rule is what a caller may do. The zero Rule allows everything but to run methods, and Others.
type Rule struct {
	// Resources are the resources whose operations the caller may reach: the beginning of names such
	// as "projects/p", in every service, "//spanner.googleapis.com/projects/p" in one, or a service
	// alone, "//spanner.googleapis.com". They match whole path segments. A service's regional hosts
	// belong to it. Empty allows all.
	Resources []string
	// Operations are the Nexus operations that the caller may call, such as [Await] and [Get]. Empty
	// allows all.
	Operations []string
	// Methods are the methods of the catalog that the caller may [Run] and [Undo]: ids such as
	// "spanner.projects.instances.create", their beginnings up to a dot such as
	// "spanner.projects.instances", or [AllMethods]. One that allows no method is refused. Resources hold for what a method makes or changes, and not for what else its
	// request names. Empty allows none, because a method makes, changes and deletes resources.
	Methods []string
	// Others lets the caller steer waits that are not its own: those of other callers, and those that
	// no caller has started.
	Others bool
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (o Options) Validate() error {
	if err := o.Allow.validate("nexus.allow"); err != nil {
		return err
	}
	for _, namespace := range slices.Sorted(maps.Keys(o.Callers)) {
		if namespace == "" {
			return &lro.InvalidError{Field: "nexus.callers", Want: "the names of namespaces", Problem: "has an empty one"}
		}
		if err := o.Callers[namespace].validate("nexus.callers." + namespace); err != nil {
			return err
		}
	}
	return nil
}

func (r Rule) validate(path string) error {
	for i, resource := range r.Resources {
		if err := validateResource(fmt.Sprintf("%s.resources[%d]", path, i), resource); err != nil {
			return err
		}
	}
	for i, operation := range r.Operations {
		if !slices.Contains(Operations(), operation) {
			return &lro.InvalidError{Field: fmt.Sprintf("%s.operations[%d]", path, i), Value: operation, Want: "one of " + strings.Join(Operations(), ", ")}
		}
	}
	for i, method := range r.Methods {
		if err := validateMethod(fmt.Sprintf("%s.methods[%d]", path, i), method); err != nil {
			return err
		}
	}
	return nil
}

// validateMethod refuses an entry that allows no method, in the catalog's words.
func validateMethod(field, method string) error {
	var lacking *catalog.Error
	if method == AllMethods || !errors.As(catalog.CheckBeginning(method), &lacking) {
		return nil
	}
	return &lro.InvalidError{
		Field: field, Value: method, Problem: "allows nothing: " + lacking.Problem,
		Want: "an id, its beginning up to a dot, or " + AllMethods + ". " + lacking.Want,
	}
}

func validateResource(field, resource string) error {
	service, name, ofService := cutService(resource)
	if ofService {
		if err := lro.ValidateService(service); err != nil {
			return lro.InField(err, "ref.service", field)
		}
	}
	if ofService && name == "" {
		return nil
	}
	return lro.ValidateParent(field, name)
}

// cutService cuts a resource of a rule into its service, if it names one, and the beginning of names.
func cutService(resource string) (service, name string, ofService bool) {
	resource = strings.TrimSuffix(resource, "/")
	rest, ofService := strings.CutPrefix(resource, "//")
	if !ofService {
		return "", resource, false
	}
	service, name, _ = strings.Cut(rest, "/")
	return service, name, true
}

// allows reports whether the rule allows what belongs to a service and has the name.
func (r Rule) allows(service, name string) bool {
	return len(r.Resources) == 0 || slices.ContainsFunc(r.Resources, func(resource string) bool {
		of, prefix, ofService := cutService(resource)
		if ofService && !sameService(of, service) {
			return false
		}
		return prefix == "" || allowed.By(prefix, name)
	})
}

// sameService reports whether a host is the service, or a regional host of it.
func sameService(service, host string) bool {
	global, known := lro.KnownService(host)
	return service == host || known && service == global
}

// calls reports whether the rule allows a Nexus operation.
func (r Rule) calls(operation string) bool {
	return len(r.Operations) == 0 || slices.Contains(r.Operations, operation)
}
