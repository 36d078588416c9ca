package orphans

// The registered names of the activities of a sweep, see package activities/sweep. They are contracts: a
// running workflow finds its activities by them.
const (
	FindMarkedName = "awaitop.FindMarked"
	FindOwnersName = "awaitop.FindOwners"
)

// OperationAttribute is the name of the search attribute with the operations that a workflow awaits. A namespace
// need not have it.
const OperationAttribute = "AwaitopOperation"
