package orphans

import "time"

// Status is how a workflow is.
type Status string

// The statuses, as Temporal names them. The zero value is none of them.
const (
	Running    Status = "running"
	Completed  Status = "completed"
	Failed     Status = "failed"
	Canceled   Status = "canceled"
	Terminated Status = "terminated"
	TimedOut   Status = "timedOut"
)

// Owner is the workflow whose key an item bears, as the Temporal server has it: its newest run that
// goes back to the first run of the key. So it runs as long as a retry, a reset or a continue-as-new does.
//
// Of an operation that bears no key it is the wait that has left it, see [LeftWait]. It is zero if there is none.
type Owner struct {
	// Key is the item's.
	Key string `json:"key"`
	// WorkflowID and RunID name the workflow, "" if the namespace has none whose key it is.
	WorkflowID string `json:"workflowId,omitempty"`
	RunID      string `json:"runId,omitempty"`
	// Status is the run's, "" if there is no workflow.
	Status Status `json:"status,omitempty"`
	// StartTime is when its first run began, zero if that is not known.
	StartTime time.Time `json:"startTime,omitzero"`
	// CloseTime is when it closed, zero while it runs.
	CloseTime time.Time `json:"closeTime,omitzero"`
}
