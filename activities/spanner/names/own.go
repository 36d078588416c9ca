package names

import "strings"

// Own is a method that package activities/google does not start: its request has more than a target, a body and a key
// say. The id of a database stands in a statement, whose quotes depend on the dialect. A schema change has an id of its
// operation that the caller chooses.
type Own struct {
	// Function is the function of package workflows/spanner that makes the step.
	Function string
	// Start starts the method's operation.
	Start string
	// Remove deletes what the method makes, "" if it makes nothing.
	Remove string
}

// own are the methods by their ids in the catalog.
var own = map[string]Own{
	"spanner.projects.instances.databases.create":    {Function: "CreateDatabase", Start: CreateDatabase, Remove: DropDatabase},
	"spanner.projects.instances.databases.updateDdl": {Function: "UpdateDatabaseDdl", Start: UpdateDatabaseDdl},
}

// OwnOf returns how a method of the catalog is started that has a starter of its own. It reports false for every other
// method. The id may have the service's version in front, as "spanner/v1:".
func OwnOf(method string) (Own, bool) {
	o, is := own[strings.TrimPrefix(method, "spanner/v1:")]
	return o, is
}
