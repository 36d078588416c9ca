package contractgen

import (
	"reflect"
	"slices"
	"strings"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"
)

// registered is what a worker registers: names with functions.
type registered struct {
	workflows, activities map[string]reflect.Type
}

// RegisterWorkflowWithOptions remembers a workflow.
func (r *registered) RegisterWorkflowWithOptions(run any, options workflow.RegisterOptions) {
	r.workflows[options.Name] = reflect.TypeOf(run)
}

// RegisterActivityWithOptions remembers an activity.
func (r *registered) RegisterActivityWithOptions(run any, options activity.RegisterOptions) {
	r.activities[options.Name] = reflect.TypeOf(run)
}

// operation is a registered name with its payloads.
type operation struct {
	name        string
	doc         string
	in, out     reflect.Type // nil for none
	user        bool         // whether users write the input
	usersOnly   bool         // whether awaitop's workers do not
	annotations *object
}

// operationOf is the operation of a registered function: of a context and an input that returns an output and an error.
func operationOf(name string, function reflect.Type, user bool) operation {
	return operation{name: name, in: structOf(function.In(1)), out: structOf(function.Out(0)), user: user}
}

func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// service is a kind of registered names. Its key is a name in generated code, its name stands for the kind.
func (d *definitions) service(name, doc string, operations []operation) *object {
	slices.SortFunc(operations, func(a, b operation) int { return strings.Compare(a.name, b.name) })
	out := newObject()
	for _, o := range operations {
		entry := newObject("fqn", o.name, "description", o.doc)
		if o.in != nil {
			entry.set("input", d.ref(o.in, o.user))
			if !o.usersOnly && slices.Contains(d.users, o.in) && d.hasInternal(o.in) {
				entry.set("x-awaitop-worker-input", d.ref(o.in, false))
			}
		}
		if o.out != nil {
			entry.set("output", d.ref(o.out, false))
		}
		if o.annotations != nil {
			for _, key := range o.annotations.keys {
				entry.set(key, o.annotations.values[key])
			}
		}
		out.set(keyOf(o.name), entry)
	}
	return newObject("fqn", name, "description", doc, "operations", out)
}

// hasInternal reports whether workers write fields into an input that users do not.
func (d *definitions) hasInternal(t reflect.Type) bool {
	return slices.ContainsFunc(d.fields(t, false), func(m member) bool { return m.internal })
}
