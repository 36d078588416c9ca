package activities

// The registered names of the activities. They are contracts: a running
// workflow finds its activities by them.
const (
	GetOperationName    = "awaitop.GetOperation"
	CancelOperationName = "awaitop.CancelOperation"
	DeleteOperationName = "awaitop.DeleteOperation"
	ListOperationsName  = "awaitop.ListOperations"
	PollOperationName   = "awaitop.PollOperation"

	PollOperationsName   = "awaitop.PollOperations"
	CancelOperationsName = "awaitop.CancelOperations"
	ReadOperationsName   = "awaitop.ReadOperations"
)
