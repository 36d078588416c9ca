package patterns

// perAwaitAll is how many operations one workflow of [AwaitAll] awaits.
const perAwaitAll = 5000

// AwaitAll is awaitop's wait for a set: a workflow for each 5,000 operations,
// which returns when all of them are done.
//
// It is not among [All] yet.
func AwaitAll() Pattern {
	return Pattern{
		Name:        "all",
		Follows:     "workflows.AwaitAll, a workflow for 5,000 operations",
		Awaitop:     true,
		PerWorkflow: perAwaitAll,
		// ---- from here: Register, Workflow, Input ----
		// ---- to here ----
	}
}
