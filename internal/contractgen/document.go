package contractgen

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/internal/gosource"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// written are the types that users write.
var written = []reflect.Type{
	reflect.TypeFor[workflows.AwaitInput](), reflect.TypeFor[workflows.AwaitAllInput](), reflect.TypeFor[workflows.SweepInput](), reflect.TypeFor[workflows.SetPolicyInput](),
	reflect.TypeFor[workflows.SetDeadlineInput](), reflect.TypeFor[workflows.StopInput](), reflect.TypeFor[google.Request](),
	reflect.TypeFor[workflows.RunInput](), reflect.TypeFor[workflows.UndoInput](), reflect.TypeFor[workflows.RunRequest](),
	reflect.TypeFor[lro.PollPolicy](), reflect.TypeFor[nexusservice.GetInput](), reflect.TypeFor[nexusservice.ListInput](),
	reflect.TypeFor[nexusservice.StopInput](), reflect.TypeFor[nexusservice.PollNowInput](),
	reflect.TypeFor[nexusservice.SetPolicyInput](), reflect.TypeFor[nexusservice.SetDeadlineInput](),
}

const head = `The contract of awaitop: each registered workflow, update, query and activity with its payloads, and each failure.
Written by "go generate ./internal/contractgen" from the Go types. docs/json.md explains it to callers in other SDKs.

Payloads are JSON, as Temporal's default converters write it (encoding json/plain). A service stands for a kind of names:
the fqn of an operation is the registered name of a workflow, update, query or activity. Callers start workflows, and send
updates and queries. awaitop's own workflows run the activities.

An object that users write is closed: awaitop refuses a field that it does not have. An object that workers write is open: a
later release may add fields. Values under x-awaitop-values are those of this release. Time is in RFC 3339. A duration is
written in seconds ("1.5s"), and users may write it as Go does ("1h30m"). An absent field means its default.

What the form has no place for stands under keys that begin with x-awaitop:
  failures, errors: types of ApplicationErrors, with the schemas of their details. For an operation: those that it can have
  canceled: the detail of the CanceledError of a workflow or a Nexus operation that is canceled
  worker-input: the input as awaitop's own workers write it
  heartbeats: the schemas of an activity's heartbeats
  request: the schema of the field request of an activity's input
  workflows: the workflows that take an update or a query
  values: the values of this release
  any: fields that hold any kind of JSON
  memo, search-attributes, codes, commands: fields of memos, search attributes, codes of google.rpc, output of commands`

// document is the whole document, and its definitions.
func document(root string) (*object, *definitions, error) {
	names, err := registeredNames()
	if err != nil {
		return nil, nil, err
	}
	d := newDefinitions(root)
	services := newObject(
		"AwaitopWorkflows", d.service("awaitop.workflows", "The workflows. A caller starts one by its name, as a child or by a client.", d.each(names.workflows, d.workflow)),
		"AwaitopNexus", d.service(nexusservice.Name, "The Nexus service, for callers of other namespaces. A worker serves it by option.", d.nexusOperations()),
		"AwaitopUpdates", d.service("awaitop.updates", "The updates of workflows that wait.", d.messages(updates)),
		"AwaitopQueries", d.service("awaitop.queries", "The queries of workflows.", d.messages(queries)),
		"AwaitopActivities", d.service("awaitop.activities", "The activities. awaitop's workflows run them, callers do not.", d.each(names.activities, d.activity)),
	)
	out := newObject(
		"nexusrpc", "1.0.0", "$schema", "https://json-schema.org/draft/2020-12/schema", "description", head,
		"services", services,
		"x-awaitop-failures", d.failures(),
		"x-awaitop-errors", d.errorTypes(),
		"x-awaitop-codes", codes(),
		"x-awaitop-memo", newObject(
			nexusservice.CallerMemo, d.ref(reflect.TypeFor[nexusservice.Caller](), false),
			workflows.ObservedMemo, d.ref(reflect.TypeFor[workflows.Observed](), false),
			workflows.UndoMemo, d.ref(reflect.TypeFor[workflows.Undoing](), false),
		),
		"x-awaitop-search-attributes", searchAttributes(),
		"x-awaitop-commands", newObject("describe", d.ref(reflect.TypeFor[control.Status](), false)),
	)
	d.ref(reflect.TypeFor[orphans.Policy](), false)
	out.set("$defs", d.all())
	return out, d, nil
}

// each are registered functions as operations.
func (d *definitions) each(functions map[string]reflect.Type, of func(string, reflect.Type) operation) (operations []operation) {
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		operations = append(operations, of(name, functions[name]))
	}
	return operations
}

// registeredNames are what a worker registers that serves Google's services over HTTP.
func registeredNames() (*registered, error) {
	client, err := rest.New(context.Background(), rest.Options{WithoutAuthentication: true})
	if err != nil {
		return nil, err
	}
	r := &registered{workflows: map[string]reflect.Type{}, activities: map[string]reflect.Type{}}
	worker.Register(r, client, activities.Options{})
	return r, client.Close()
}

// newDefinitions returns no definitions yet. root is the folder of the checkout.
func newDefinitions(root string) *definitions {
	d := &definitions{
		source: gosource.NewModule(root), users: written,
		made: map[string]*object{}, types: map[string]definition{},
	}
	d.wording = d.readWording()
	return d
}

// attributes are the search attributes, by the variables of package workflows.
var attributes = map[string]temporal.SearchAttributeKey{
	"OperationAttribute": workflows.OperationAttribute,
	"StateAttribute":     workflows.StateAttribute,
	"PercentAttribute":   workflows.PercentAttribute,
}

// searchAttributes are the types of the search attributes, by name.
func searchAttributes() *object {
	out := newObject()
	for _, variable := range slices.Sorted(maps.Keys(attributes)) {
		out.set(attributes[variable].GetName(), attributes[variable].GetValueType().String())
	}
	return out
}
