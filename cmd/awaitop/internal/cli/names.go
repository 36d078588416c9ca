package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.temporal.io/api/serviceerror"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// naming says which service a name belongs to that begins without one, such as projects/p/instances/i/operations/o.
type naming struct {
	service string        // --service
	path    string        // --config
	config  *serve.Config // nil until it is read
}

// configVariable names the worker's configuration file if --config does not.
const configVariable = "AWAITOP_CONFIG"

func (n *naming) addNaming(flags *pflag.FlagSet) {
	flags.StringVar(&n.service, "service", "", "`NAME` of the service, for an argument that begins without one (default the configuration's, or "+lro.SpannerService+")")
	n.addConfig(flags)
}

func (n *naming) addConfig(flags *pflag.FlagSet) {
	flags.StringVarP(&n.path, "config", "c", "", "`FILE` with the worker's configuration, in YAML or JSON (default "+configVariable+", or the defaults that --example-config of the worker prints)")
}

// configuration is the worker's configuration. Without a file it has its defaults.
func (n *naming) configuration() (serve.Config, error) {
	if n.config == nil {
		config, err := serve.ReadConfig(cmp.Or(n.path, os.Getenv(configVariable)))
		if err != nil {
			return config, usageError{ownError{fmt.Errorf("%w; see `awaitop worker --example-config`", err)}}
		}
		n.config = &config
	}
	return *n.config, nil
}

// ref is the operation that an argument names: by its full name, by its name without the service, or by the id of the
// workflow that awaits it.
func (n *naming) ref(argument string) (lro.Ref, error) {
	full, err := n.fullName(argument, func(full string) error { _, err := lro.ParseRef(full); return err })
	if err != nil {
		return lro.Ref{}, err
	}
	return lro.ParseRef(full)
}

// collection is the collection that an argument names, or that of the operations of the resource that it names.
func (n *naming) collection(argument string) (lro.Collection, error) {
	argument = collectionName(argument)
	full, err := n.fullName(argument, func(full string) error { _, err := lro.ParseCollection(full); return err })
	if err != nil {
		return lro.Collection{}, err
	}
	return lro.ParseCollection(full)
}

// fullName is the full resource name for an argument. validate says whether a full name can be meant.
func (n *naming) fullName(argument string, validate func(full string) error) (string, error) {
	if full := strings.TrimPrefix(argument, awaitPrefix); strings.HasPrefix(full, "//") {
		return full, nil
	}
	if n.service != "" {
		return "//" + n.service + "/" + argument, nil
	}
	config, err := n.configuration()
	if err != nil {
		return "", err
	}
	service, err := serviceOf(argument, config.ServiceNames(), validate)
	return "//" + service + "/" + argument, err
}

// awaitPrefix is how the id of an AwaitOperation workflow begins, before its Ref.
const awaitPrefix = "await:"

// serviceOf is the service, of those that are served, which can have a name.
func serviceOf(name string, served []string, validate func(full string) error) (string, error) {
	if len(served) == 1 {
		return served[0], nil // its validation says best what is wrong
	}
	fitting := slices.DeleteFunc(slices.Clone(served), func(service string) bool { return validate("//"+service+"/"+name) != nil })
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return "", &lro.InvalidError{Field: "ref.name", Value: name, Want: "a name of " + some(served) + ", the services of the configuration"}
	default:
		return "", usagef("%s: of which service? want //SERVICE/NAME, or --service with one of %s", name, some(fitting))
	}
}

// shownServices is how many services a message names.
const shownServices = 5

// some are the first of many names, and how many more there are.
func some(names []string) string {
	text := strings.Join(names[:min(len(names), shownServices)], ", ")
	if more := len(names) - shownServices; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// target is the workflow that an argument names: the wait for an operation, or the workflow of that id.
func (n *naming) target(argument string) (target, error) {
	to := target{argument: argument, id: argument}
	if argument == "" {
		return target{}, usagef(`""; want a REF or a workflow id`)
	}
	if !strings.Contains(argument, "/") || strings.HasPrefix(argument, awaitPrefix) {
		return to, nil
	}
	ref, err := n.ref(argument)
	var invalid *lro.InvalidError
	switch {
	case err == nil:
		to.ref, to.id = ref, workflows.WorkflowID(ref)
		return to, nil
	case errors.As(err, &invalid) && !strings.HasPrefix(argument, "//") && n.service == "":
		return to, nil
	default:
		return target{}, err
	}
}

// found is what look finds by a workflow id that an argument names. If no such workflow is there, and the argument begins
// without a service, the argument may be the id of a workflow that is named like an operation.
func found[T any](argument, id string, look func(id string) (T, error)) (T, error) {
	result, err := look(id)
	if argument == id || strings.HasPrefix(argument, "//") || !isNotFound(err) {
		return result, err
	}
	if second, errSecond := look(argument); !isNotFound(errSecond) {
		return second, errSecond
	}
	return result, err
}

func isNotFound(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}

// shownName is the name of a wait for the next command: the Ref that is in a workflow id, or the id.
func shownName(id string) string {
	if ref := strings.TrimPrefix(id, awaitPrefix); strings.HasPrefix(ref, "//") {
		return ref
	}
	return id
}

// roots are the first segments of full names, without a service.
var roots = []string{"projects", "organizations", "folders", "billingAccounts", "locations", "operations"}

// notFound says what to do if the server does not know the workflow that an argument names. It returns other errors as
// they are.
func (n *naming) notFound(argument string, err error) error {
	host, _, isName := strings.Cut(argument, "/")
	if !isNotFound(err) || !isName || !strings.HasPrefix(argument, "//") && !strings.Contains(argument, "/operations/") {
		return err
	}
	_, invalid := n.ref(argument)
	switch {
	case invalid == nil:
		return fmt.Errorf("%w; no AwaitOperation awaits it now: `awaitop await` starts one", err)
	case strings.Contains(host, "."): // a service, and no collection, is named like that
		return fmt.Errorf("%w; a REF begins with two slashes: //%s", err, argument)
	case !slices.Contains(roots, host):
		return fmt.Errorf("%w, and no running wait has a name that ends so", err)
	default:
		return fmt.Errorf("%w; is it an operation of another service? Begin the REF with it (//SERVICE/%s), or name it with --service", err, argument)
	}
}
