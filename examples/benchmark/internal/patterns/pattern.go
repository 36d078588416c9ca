package patterns

import (
	"context"
	"slices"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// Registry takes workflows and activities: a Temporal worker or a test environment.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Pattern is one way of awaiting operations: a workflow, or a function without Temporal.
type Pattern struct {
	// Name is what the benchmark calls it.
	Name string
	// Follows says what it is modeled on.
	Follows string

	// Awaitop is true if its workers need awaitop's plugin.
	Awaitop bool
	// Register registers its own workflows and activities, which read with
	// client; nil if it has none.
	Register func(registry Registry, client lro.Client)
	// Workflow is the name of the workflow to start.
	Workflow string
	// Input is the workflow's input, to await refs.
	Input func(refs []lro.Ref, schedule Schedule) any
	// PerWorkflow is the most refs that one workflow awaits.
	PerWorkflow int

	// Wait awaits one operation in the process that calls it. A pattern that
	// has it has no workflow.
	Wait func(ctx context.Context, client lro.Client, ref lro.Ref, schedule Schedule) error
}

// All returns the patterns, in the order in which they are reported.
func All() []Pattern {
	return []Pattern{single(), inline(), awaitAll(), yield(), timer(), loop(), retry(), floor()}
}

// Find returns the pattern of the given name.
func Find(name string) (Pattern, bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Pattern) bool { return p.Name == name })
	if i < 0 {
		return Pattern{}, false
	}
	return all[i], true
}

// Names returns the names of all patterns.
func Names() []string {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name)
	}
	return names
}
