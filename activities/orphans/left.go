package orphans

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// LeftInput is the input of FindLeft.
type LeftInput struct {
	// Parents are the resources below which the operations of waits are looked for. Their kind is [Parent].
	Parents []Place `json:"parents"`
	// Since is how far back to look: at waits that have closed since then.
	Since time.Time `json:"since"`

	invalid error
}

// UnmarshalJSON never fails: [LeftInput.Validate] reports the error.
func (in *LeftInput) UnmarshalJSON(raw []byte) error {
	type plain LeftInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports an input that cannot be read.
func (in LeftInput) Validate() error { return in.invalid }

// LeftOutput is the result of FindLeft.
type LeftOutput struct {
	// Waits are the waits that have left an operation, one for each operation, those that closed last first.
	Waits []LeftWait `json:"waits,omitempty"`
	// Closed counts the AwaitOperations that were terminated or have timed out since then.
	Closed int `json:"closed"`
	// Cut says that not all of them, or of the waits that have ended by themselves since, could be looked through, or that
	// the result has no room for more.
	Cut bool `json:"cut,omitempty"`
}

// LeftWait is an AwaitOperation that was terminated or has timed out, and that was to cancel its operation. A workflow
// that ends so runs no code, and sends no cancel. Nothing tells yet whether the operation still runs, or whether another workflow
// awaits it.
type LeftWait struct {
	// Ref is the operation.
	Ref lro.Ref `json:"ref"`
	// WorkflowID and RunID name the wait, Status and CloseTime tell how and when it ended.
	WorkflowID string    `json:"workflowId"`
	RunID      string    `json:"runId"`
	Status     Status    `json:"status"`
	CloseTime  time.Time `json:"closeTime"`
}

// Owner is the wait as the owner of an operation that bears no key.
func (w LeftWait) Owner() Owner {
	return Owner{WorkflowID: w.WorkflowID, RunID: w.RunID, Status: w.Status, CloseTime: w.CloseTime}
}
