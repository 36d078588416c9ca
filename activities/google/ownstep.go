package google

import "github.com/awaitop/awaitop/catalog"

// ownSteps are methods whose requests have more than a target, a body and a key say, and the functions of package
// workflows/spanner that make their steps: the id of a database stands in a statement, whose quotes depend on the
// dialect, and a schema change has an id of its operation that the caller chooses.
var ownSteps = map[string]string{
	"spanner.projects.instances.databases.create":    "CreateDatabase",
	"spanner.projects.instances.databases.updateDdl": "UpdateDatabaseDdl",
}

// checkOwnStep reports, as an [*lro.InvalidError], that a method is started by a step of its own.
func checkOwnStep(m *catalog.Method) error {
	step, own := ownSteps[m.ID]
	if !own {
		return nil
	}
	return invalid(&catalog.Error{
		Field: "method", Value: m.ID,
		Problem: "it has a step of its own", Want: "use " + step + " of package workflows/spanner",
	})
}
